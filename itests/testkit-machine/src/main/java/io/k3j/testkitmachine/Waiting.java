package io.k3j.testkitmachine;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Waits for what comes true by itself.
public final class Waiting {
    private static final long LOOK_MILLIS = 100;
    private static final long MOST_MILLIS = 1000;

    private Waiting() {
    }

    /// Something that is or is not yet.
    public interface Condition {
        /// Looks once.
        boolean met() throws IOException, InterruptedException;
    }

    /// Waits until `condition` is met.
    /// @throws AssertionError with `story` when it is not within `limit`
    public static void until(String what, Duration limit, Condition condition, Supplier<String> story)
            throws IOException, InterruptedException {
        long look = System.nanoTime();
        long end = look + limit.toNanos();
        while (!condition.met()) {
            long now = System.nanoTime();
            if (now > end) {
                throw new AssertionError("no " + what + " after " + limit.toSeconds() + " s\n" + story.get());
            }
            pause(between(TimeUnit.NANOSECONDS.toMillis(now - look)));
            look = System.nanoTime();
        }
    }

    /// A look that starts a program takes from what is looked at: the longer it takes, the rarer it is.
    private static long between(long lookMillis) {
        return Math.clamp(2 * lookMillis, LOOK_MILLIS, MOST_MILLIS);
    }

    /// Lets a moment pass between two looks.
    public static void pause() throws InterruptedException {
        pause(LOOK_MILLIS);
    }

    private static void pause(long millis) throws InterruptedException {
        boolean never = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        assert !never;
    }
}
