package io.k3j.kubeletimages;

import java.time.Duration;

/// How long a pull took, for people. Pure.
final class PullTime {
    private PullTime() {
    }

    /// As Go writes whole milliseconds: `0s`, `250ms`, `1.05s`, `2m3s`, `1h0m0.5s`.
    static String text(Duration took) {
        long millis = took.toMillis();
        if (millis < 1000) {
            return millis == 0 ? "0s" : millis + "ms";
        }
        long minutes = millis / 60_000;
        StringBuilder b = new StringBuilder();
        if (minutes >= 60) {
            b.append(minutes / 60).append('h');
        }
        if (minutes > 0) {
            b.append(minutes % 60).append('m');
        }
        b.append(millis / 1000 % 60);
        long rest = millis % 1000;
        if (rest > 0) {
            String digits = Long.toString(1000 + rest).substring(1);
            int end = digits.length();
            while (digits.charAt(end - 1) == '0') {
                end--;
            }
            b.append('.').append(digits, 0, end);
        }
        return b.append('s').toString();
    }
}
