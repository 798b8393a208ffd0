package io.k3j.datastorememory;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Ends keys when their time is over, on one virtual thread that is started when first needed.
final class Lifetimes {
    private final PriorityQueue<End> ends = new PriorityQueue<>(Comparator.comparingLong(End::at));
    private final long origin = System.nanoTime();
    private final Remover remover;
    private @Nullable Thread thread;
    private boolean closed;

    Lifetimes(Remover remover) {
        this.remover = remover;
    }

    synchronized void add(String key, long revision, Duration timeToLive) {
        ends.add(new End(System.nanoTime() - origin + timeToLive.toNanos(), key, revision));
        if (thread == null) {
            thread = Thread.ofVirtual().name("memory-lifetimes").start(this::loop);
        }
        notifyAll();
    }

    private void loop() {
        try {
            for (End end = next(); end != null; end = next()) {
                remover.remove(end.key, end.revision);
            }
        } catch (DatastoreUnavailable | InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable End next() throws InterruptedException {
        while (!closed && (ends.isEmpty() || left() > 0)) {
            if (ends.isEmpty()) {
                wait();
            } else {
                TimeUnit.NANOSECONDS.timedWait(this, left());
            }
        }
        return closed ? null : ends.remove();
    }

    private long left() {
        End first = ends.element();
        return first.at - (System.nanoTime() - origin);
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    private record End(long at, String key, long revision) {
    }

    interface Remover {
        void remove(String key, long revision);
    }
}
