package io.k3j.sqllog;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A watch is a position in the log: it reads the tail in memory, or the table when the tail has moved on.
final class LogWatch implements Watch {
    private static final int MAX_BATCH = 1_000;
    private static final long AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private final String prefix;
    private final Tail tail;
    private final Reads reads;
    private final Faults faults;
    private volatile boolean closed;
    private long position;

    LogWatch(String prefix, long after, Tail tail, Reads reads, Faults faults) {
        this.prefix = prefix;
        this.tail = tail;
        this.reads = reads;
        this.faults = faults;
        position = after;
    }

    @Override
    public Batch next(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!closed) {
            List<Change> found = advance();
            if (found == null) {
                faults.check("watch");
                tail.awaitAfter(Long.MAX_VALUE, Math.min(AWAY_NANOS, deadline - System.nanoTime()),
                        () -> closed || faults.ended());
                if (System.nanoTime() - deadline >= 0) {
                    break;
                }
                continue;
            }
            if (!found.isEmpty()) {
                return new Batch(found, position);
            }
            faults.check("watch");
            boolean more = tail.awaitAfter(position, deadline - System.nanoTime(), () -> closed || faults.ended());
            if (!more && System.nanoTime() - deadline >= 0) {
                break;
            }
        }
        return new Batch(List.of(), position);
    }

    /// The next changes; null when they are only in the database, and that is away.
    private @Nullable List<Change> advance() {
        Tail.Slice slice = tail.after(position, MAX_BATCH);
        if (slice == null) {
            try {
                slice = reads.log(position);
            } catch (DatastoreUnavailable e) {
                if (faults.broken() || faults.ended()) {
                    throw e;
                }
                return null;
            }
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
