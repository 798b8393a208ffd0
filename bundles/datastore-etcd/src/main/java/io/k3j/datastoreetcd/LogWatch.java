package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A watch is a position in the log: it reads the tail in memory, or etcd's history when the tail has moved on.
/// It stays while etcd is away, and says nothing then.
final class LogWatch implements Watch {
    private static final int MAX_BATCH = 1_000;
    /// How long an idle watch waits for changes that are known to exist.
    private static final long CATCH_UP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private final String prefix;
    private final Tail tail;
    private final History history;
    private final Gate gate;
    private final int rewinds;
    private volatile boolean closed;
    private long position;

    LogWatch(String prefix, long after, Tail tail, History history, Gate gate) {
        this.prefix = prefix;
        this.tail = tail;
        this.history = history;
        this.gate = gate;
        rewinds = tail.rewinds();
        position = after;
    }

    @Override
    public Batch next(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        boolean fenced = false;
        while (!closed) {
            checkStory();
            List<Change> found = advance();
            if (!found.isEmpty()) {
                return new Batch(found, position);
            }
            gate.check();
            checkStory();
            if (tail.awaitAfter(position, deadline - System.nanoTime(), this::over) || over()) {
                continue;
            }
            if (System.nanoTime() - deadline >= 0) {
                if (fenced || tail.known() <= position) {
                    break;
                }
                // the progress of a quiet watch covers what this process knows to have happened
                fenced = true;
                tail.awaitAfter(tail.known() - 1, CATCH_UP_NANOS, this::over);
            }
        }
        return new Batch(List.of(), position);
    }

    private boolean over() {
        return closed || gate.closed() || tail.rewinds() != rewinds;
    }

    /// A position of the time before the store went back means nothing.
    private void checkStory() {
        if (tail.rewinds() != rewinds) {
            throw new Compacted(tail.told());
        }
    }

    private List<Change> advance() throws InterruptedException {
        Tail.Slice slice = tail.after(position, MAX_BATCH);
        if (slice == null) {
            slice = history.between(position, tail.forgottenUpTo());
        }
        position = slice.upTo();
        List<Change> found = new ArrayList<>();
        for (Change change : slice.changes()) {
            if (change.key().startsWith(prefix)) {
                found.add(change);
            }
        }
        return found;
    }

    @Override
    public void close() {
        closed = true;
        tail.wake();
    }
}
