package io.k3j.watchcache;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Time in which this process ran. While it stands still, stopped by a signal, a collection or its machine, nobody's
/// answer can be heard, so that time is no silence of anybody: a stop counts for half a second at most.
///
/// Without it a server that has been suspended would find every store away when it goes on, and answer old data.
final class RunningTime implements AutoCloseable {
    /// How often it counts; what is longer than two of these was a stop.
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(250);
    private final CountDownLatch over = new CountDownLatch(1);
    private final SupervisedLoop loop;
    /// Nanoseconds that ran up to `last`.
    private long counted;
    private long last = System.nanoTime();

    RunningTime(Health health) {
        loop = SupervisedLoop.virtual(health, "apiserver-time", this::run);
    }

    /// Begins to count.
    void start() {
        loop.start();
    }

    private void run() throws InterruptedException {
        while (!over.await(TICK, TimeUnit.NANOSECONDS)) {
            tick();
        }
    }

    private synchronized void tick() {
        counted = nanos();
        last = System.nanoTime();
    }

    /// How long it has run, from an arbitrary moment on. Never goes back; two readings tell how long was run
    /// between them.
    synchronized long nanos() {
        return counted + Math.min(System.nanoTime() - last, 2 * TICK);
    }

    /// Counts no more.
    @Override
    public void close() {
        loop.close();
        over.countDown();
    }
}
