package io.k3j.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Time that is to pass while something is being measured.
final class Pauses {
    private Pauses() {
    }

    /// Waits.
    static void seconds(double seconds) throws InterruptedException {
        millis((long) (seconds * 1_000));
    }

    /// Waits.
    static void millis(long millis) throws InterruptedException {
        new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }
}
