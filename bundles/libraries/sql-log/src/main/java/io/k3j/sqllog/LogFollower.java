package io.k3j.sqllog;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.datastoreapi.DatastoreUnavailable;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Looks for rows of other processes: when they announce some, when a reader wants to be sure (a fence), and from
/// time to time. One look serves every reader that came before it began.
///
/// ```
///   RESTING ──news · fence · time──► LOOKING ──level──► answers fences ─► RESTING
///                                       ├── hole, rows lost: again in 5 ms (the writer mends)
///                                       └── away: refuses fences, again in 100 ms
/// ```
final class LogFollower {
    /// How long a reader waits who wants to be sure.
    private static final long FENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(900);
    private static final long HOLE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /// Longer than readers wait for a lock, which is the better reason to tell.
    private static final int ANSWER_MILLIS = 1_200;
    /// So many looks may find rows lost before the connection is doubted: the writer mends meanwhile.
    private static final int MENDED_LOSSES = 20;
    private final SqlDialect dialect;
    private final LogState state;
    private final CatchUp catchUp;
    private final Runnable mend;
    /// Tests hold it to fix the order in which readers wake.
    final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private final Condition looked = lock.newCondition();
    private final SupervisedLoop loop;
    /// Fences are numbered; `answered` is the last one that a look has served, `refused` the last one that was there
    /// when a look failed.
    private long asked;
    private long answered;
    private long refused;
    /// The highest revision announced and not yet looked for.
    private long news;
    /// How many looks in a row have found nothing; with it grows the rest.
    private int quiet = 1;
    private boolean likely;
    private int losses;
    private boolean closed;
    /// Why the last failed look failed, for the fences up to `refused`.
    private @Nullable DatastoreUnavailable refusal;
    private @Nullable Reader reader;

    /// `mend` asks the writer to look and mend.
    LogFollower(SqlDialect dialect, LogState state, CatchUp catchUp, Runnable mend, Health health) {
        this.loop = SupervisedLoop.platform(health, "datastore-follower", this::run);
        this.dialect = dialect;
        this.state = state;
        this.catchUp = catchUp;
        this.mend = mend;
    }

    void start() {
        loop.start();
    }

    /// Somebody has announced a revision. Any thread; does not block.
    void hear(long revision) {
        lock.lock();
        try {
            if (revision > state.tail().upTo()) {
                news = Math.max(news, revision);
                wake.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until everything committed before this call has been taken in; returns the newest revision then.
    /// @throws DatastoreUnavailable when the table does not answer within a second
    long fence() {
        return fence(FENCE_NANOS);
    }

    /// The same for who waits another time; for tests.
    long fence(long nanos) {
        lock.lock();
        try {
            long ticket = ++asked;
            wake.signal();
            long left = nanos;
            while (answered < ticket && refused < ticket && !closed && left > 0) {
                left = looked.awaitNanos(left);
            }
            if (answered >= ticket) {
                return state.tail().upTo();
            }
            DatastoreUnavailable why = refused < ticket ? null : refusal;
            throw why == null ? state.faults().late("revision", false)
                    : new DatastoreUnavailable(String.valueOf(why.getMessage()), why, false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatastoreUnavailable("revision: interrupted", e, false);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            long rest = 0;
            while (await(rest)) {
                rest = look();
            }
        } finally {
            drop();
        }
    }

    /// Rests; false when closed. A fence or news that came during the last look is dealt with at once.
    private boolean await(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (!closed && left > 0 && answered == asked && news <= state.tail().upTo()) {
                left = wake.awaitNanos(left);
            }
            return !closed;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// Looks once; returns how long to rest.
    private long look() {
        long ticket = ticket();
        long before = state.tail().upTo();
        boolean used = reader != null;
        try {
            CatchUp.Progress standing = catchUp.look(open(), likely);
            state.faults().answered();
            if (standing == CatchUp.Progress.LEVEL) {
                losses = 0;
                quiet = state.tail().upTo() == before ? quiet + 1 : 0;
                answer(ticket);
                return dialect.rest(quiet).toNanos();
            }
            if (standing != CatchUp.Progress.HOLE) {
                mend.run();
            }
            return pause(standing == CatchUp.Progress.LOST ? lost() : HOLE_NANOS);
        } catch (SQLException e) {
            drop();
            if (dialect.trouble(e) == Trouble.HELD) {
                state.faults().held(e);
            }
            DatastoreUnavailable why = state.faults().failed("follow", e, false);
            if (used) {
                return 0;
            }
            refuse(why);
            return pause(AWAY_NANOS);
        }
    }

    /// What the writer does not find missing is missing at the other end of this connection only: another one, then.
    /// So many losses in a row, and the writer, which sees another server, has found none.
    private long lost() {
        if (++losses <= MENDED_LOSSES) {
            return HOLE_NANOS;
        }
        drop();
        return AWAY_NANOS;
    }

    /// Another connection once the writing one was lost: the server at the other end may be the demoted one.
    private Reader open() throws SQLException {
        Reader open = reader;
        int moves = state.faults().moves();
        if (open != null && open.moves() != moves) {
            drop();
            open = null;
        }
        if (open == null) {
            open = new Reader(dialect.openReader(), moves);
            reader = open;
            open.limit(ANSWER_MILLIS);
        }
        return open;
    }

    private void drop() {
        Reader open = reader;
        reader = null;
        if (open != null) {
            open.abort();
        }
    }

    /// The newest fence that the look which begins now serves; it serves all news, too. A fence that comes later is
    /// served by the next look: this one may have read already.
    private long ticket() {
        lock.lock();
        try {
            likely = quiet == 0 || news > 0;
            news = 0;
            return asked;
        } finally {
            lock.unlock();
        }
    }

    private void answer(long ticket) {
        lock.lock();
        try {
            answered = Math.max(answered, ticket);
            looked.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Refuses all fences that wait now; one that comes later waits for its own look.
    void refuse(DatastoreUnavailable why) {
        lock.lock();
        try {
            refusal = why;
            refused = asked;
            looked.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Rests whatever is asked meanwhile.
    private long pause(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (!closed && left > 0) {
                left = wake.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return 0;
    }

    /// Ends within the time a look may take.
    void close(long millis) throws InterruptedException {
        lock.lock();
        try {
            closed = true;
            wake.signalAll();
            looked.signalAll();
        } finally {
            lock.unlock();
        }
        loop.close();
        loop.join(millis);
    }
}
