package io.k3j.launcher;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A run that ends by itself, with which the build fills the framework's cache and trains the virtual
/// machine's: until the phase named in `k3j.until`, or until `k3j.until.seconds` are over. Without these
/// properties a run lasts until it is told to end.
final class Rehearsal {
    private final String phase;
    private final long seconds;

    private Rehearsal(String phase, long seconds) {
        this.phase = phase;
        this.seconds = seconds;
    }

    static Rehearsal fromSystemProperties() {
        return new Rehearsal(System.getProperty("k3j.until", ""), Long.getLong("k3j.until.seconds", Long.MAX_VALUE));
    }

    void await(CountDownLatch end) throws InterruptedException {
        if (!end.await(seconds, TimeUnit.SECONDS)) {
            end.countDown();
        }
    }

    void reached(String id, CountDownLatch end) {
        if (id.equals(phase)) {
            end.countDown();
        }
    }
}
