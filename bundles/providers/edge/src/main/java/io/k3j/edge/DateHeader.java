package io.k3j.edge;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// The value of the `date` header, formatted once a second. For any thread.
final class DateHeader {
    private record Formatted(long second, String text) {
    }

    private final InstantSource clock;
    private volatile Formatted cached = new Formatted(Long.MIN_VALUE, "");

    DateHeader(InstantSource clock) {
        this.clock = clock;
    }

    /// The current time in the format of RFC 9110 §5.6.7.
    String now() {
        Instant now = clock.instant();
        Formatted current = cached;
        if (current.second() != now.getEpochSecond()) {
            String text = DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC));
            // the formatter writes "1 Jan", HTTP wants "01 Jan"
            text = text.charAt(6) == ' ' ? text.substring(0, 5) + '0' + text.substring(5) : text;
            current = new Formatted(now.getEpochSecond(), text);
            cached = current;
        }
        return current.text();
    }
}
