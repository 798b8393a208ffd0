package io.k3j.flowcontrol;

import java.util.concurrent.TimeUnit;

/// How many seconds a refused client is asked to wait: twice as many when, in as many seconds as that, three requests
/// and more were refused for each of them, one fewer when hardly any was; from 1 to 32, as upstream's
/// `DroppedRequestsTracker`. Any thread.
final class RetryAfter {
    private static final int MOST = 32;
    private static final int FACTOR = 3;
    private final int[] refused = new int[MOST];
    private long second = Long.MIN_VALUE;
    private long raised = Long.MIN_VALUE;
    private int seconds = 1;

    /// Counts a refusal.
    /// @param nanos as a monotonic clock tells it
    /// @return what its client is told
    synchronized int refused(long nanos) {
        long now = TimeUnit.NANOSECONDS.toSeconds(nanos);
        if (second == Long.MIN_VALUE) {
            second = now;
        }
        if (now > second) {
            clear(now);
            adjust(now);
        }
        refused[slot(now)]++;
        return seconds;
    }

    /// Forgets what was counted a round ago in the seconds that have passed.
    private void clear(long now) {
        for (long each = Math.max(second + 1, now - MOST + 1); each <= now; each++) {
            refused[slot(each)] = 0;
        }
        second = now;
    }

    private void adjust(long now) {
        int sum = 0;
        for (int i = 1; i <= Math.min(seconds, MOST - 1); i++) {
            sum += refused[slot(now - i)];
        }
        if (sum >= FACTOR * seconds && (raised == Long.MIN_VALUE || now - raised >= seconds)) {
            seconds = Math.min(MOST, 2 * seconds);
            raised = now;
        } else if (sum < seconds && seconds > 1) {
            seconds--;
        }
    }

    private static int slot(long second) {
        return (int) Math.floorMod(second, (long) MOST);
    }
}
