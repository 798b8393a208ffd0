package io.k3j.aggregator;

import io.k3j.edgeapi.ByteDuplex;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The connections that are opened for one request, so that whoever ends it ends them at whatever they are: its
/// client, the end of its time, a stop. A channel has no time-outs of its own, so a virtual thread watches over the
/// time; it ends with [#answered] or [#close], or when the time is over. Any thread.
final class BackendConnections implements AutoCloseable {
    private final CountDownLatch answered = new CountDownLatch(1);
    private final List<ByteDuplex> open = new ArrayList<>();
    private boolean cut;
    private boolean late;

    /// @param limit until [#answered]
    BackendConnections(Duration limit) {
        Thread.ofVirtual().name("aggregator-limit").start(() -> limit(limit));
    }

    private void limit(Duration limit) {
        try {
            if (!answered.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                synchronized (this) {
                    late = true;
                }
                cut();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Takes one more.
    /// @throws IOException when all were cut meanwhile; then this one is closed, too
    void add(ByteDuplex one) throws IOException {
        synchronized (this) {
            open.add(one);
            if (!cut) {
                return;
            }
        }
        one.close();
        throw new IOException("context canceled");
    }

    /// Whether they were cut.
    synchronized boolean over() {
        return cut;
    }

    /// The answer has begun: its end is up to both sides.
    void answered() {
        answered.countDown();
    }

    /// What a failure is to be called.
    synchronized IOException told(IOException failure) {
        return late ? new IOException("timeout awaiting response headers", failure) : failure;
    }

    /// Closes all, those that are still to be added, too.
    void cut() {
        List<ByteDuplex> all;
        synchronized (this) {
            cut = true;
            all = List.copyOf(open);
        }
        all.forEach(ByteDuplex::close);
    }

    @Override
    public void close() {
        answered();
        cut();
    }
}
