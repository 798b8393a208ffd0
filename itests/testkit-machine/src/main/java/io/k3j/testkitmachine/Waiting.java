package io.k3j.testkitmachine;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Waits for what comes true by itself.
public final class Waiting {
    private static final long LOOK_MILLIS = 100;

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
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.met()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("no " + what + " after " + limit.toSeconds() + " s\n" + story.get());
            }
            pause();
        }
    }

    /// Lets a moment pass between two looks.
    public static void pause() throws InterruptedException {
        boolean never = new CountDownLatch(1).await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        assert !never;
    }
}
