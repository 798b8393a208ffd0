package io.k3j.logtail;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A watch is a position in the log: it reads the tail in memory, or the log itself when the tail has moved on. It
/// stays while the log is away, and says nothing then. No queue is kept for it, so a slow watch costs nothing but reads
/// of the log. For one thread at a time, but for [#close].
public final class LogWatch implements Watch {
    /// Changes looked through at once, those of other prefixes among them.
    private static final int MAX_BATCH = 1_000;
    /// How long a watch waits before it asks a log again that was away.
    private static final long AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /// How long an idle watch waits for changes that are known to exist.
    private static final long CATCH_UP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private final String prefix;
    private final LogTail tail;
    private final Log log;
    /// At which count the watch began: its position is one of that story.
    private final int rewinds;
    private volatile boolean closed;
    private long position;

    /// The log below a tail. A datastore implements it, one for all its watches; called by the threads of watches, by
    /// many at a time. A log that is away for a while answers null; one that is over throws in [#check], for good.
    public interface Log {
        /// Changes after `position`, which the tail does not hold any more; blocks for as long as a query takes.
        ///
        /// @return in revision order and complete, not necessarily up to the tail; null when they cannot be read at
        ///     present
        /// @throws Compacted when some of them are gone
        LogTail.@Nullable Slice read(long position) throws InterruptedException;

        /// Whether the log can be used at all, asked before each wait. Does not block.
        ///
        /// @throws io.k3j.datastoreapi.DatastoreUnavailable when it cannot be used any more
        void check();

        /// Whether [#check] throws. Called with the tail's lock held, so it must not block.
        boolean over();
    }

    /// Begins after a revision, which the log still holds. The caller has made sure of that, and that the revision is
    /// not [LogTail#outdated].
    ///
    /// @param prefix of keys whose changes are told; empty for all
    /// @param after the last revision that the client has
    public LogWatch(String prefix, long after, LogTail tail, Log log) {
        this.prefix = prefix;
        this.tail = tail;
        this.log = log;
        rewinds = tail.rewinds();
        position = after;
    }

    /// Looks, then waits, until there are changes of the prefix or the time is over; changes of other prefixes move the
    /// position and do not end the wait. At the end of its time a quiet watch waits once more, a second at most, for
    /// what is known to exist: a client that has just written and waits for a bookmark at its revision must get one.
    @Override
    public Batch next(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        boolean fenced = false;
        while (!closed) {
            checkStory();
            List<Change> found = advance();
            if (found != null && !found.isEmpty()) {
                return new Batch(found, position);
            }
            log.check();
            checkStory();
            long left = deadline - System.nanoTime();
            if (found == null) {
                tail.awaitAfter(Long.MAX_VALUE, Math.min(AWAY_NANOS, left), this::over);
            } else if (tail.awaitAfter(position, left, this::over) || over()) {
                continue;
            }
            if (System.nanoTime() - deadline >= 0) {
                if (found == null || fenced || tail.known() <= position) {
                    break;
                }
                // the progress of a quiet watch covers what this process knows to have happened
                fenced = true;
                tail.awaitAfter(tail.known() - 1, CATCH_UP_NANOS, this::over);
            }
        }
        return new Batch(List.of(), position);
    }

    /// Looked at under the tail's lock, so it only reads.
    private boolean over() {
        return closed || log.over() || tail.rewinds() != rewinds;
    }

    /// A position of the time before the log went back means nothing. Asked again after the changes were read: the log
    /// may have gone back between, and what was read may be of either story.
    private void checkStory() {
        if (tail.rewinds() != rewinds) {
            throw new Compacted(tail.upTo());
        }
    }

    /// The next changes; null when they are only in the log, and that is away.
    private @Nullable List<Change> advance() throws InterruptedException {
        LogTail.Slice slice = tail.after(position, MAX_BATCH);
        if (slice == null) {
            slice = log.read(position);
        }
        if (slice == null) {
            return null;
        }
        position = slice.upTo();
        return slice.of(prefix);
    }

    @Override
    public void close() {
        closed = true;
        tail.wake();
    }
}
