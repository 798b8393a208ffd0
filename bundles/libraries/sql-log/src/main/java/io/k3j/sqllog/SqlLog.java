package io.k3j.sqllog;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.Deadlines;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Count;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.datastoreapi.Watch;
import io.k3j.logtail.LogTail;
import io.k3j.logtail.LogWatch;
import java.io.Closeable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A [Datastore] in one table of an SQL database that is compatible with kine's. See the package.
///
/// Where the dialect says that the table is shared, several processes write at once and see each other's rows; the
/// database may go away and come back. Else this process must be the table's only writer (if somebody else adds rows
/// all the same, the next commit notices, takes them in and goes on after them), and a failing database ends the log.
public final class SqlLog implements Datastore, AutoCloseable {
    /// How many connections read at most; a further reader waits for one.
    public static final int READERS = 4;
    private static final long CLOSE_MILLIS = 4_000;
    /// How often opening is tried when the connection is lost on the way.
    private static final int OPENINGS = 3;
    private final SqlDialect dialect;
    private final LogState state;
    private final LogWriter writer;
    private final ReadPool pool;
    private final LogReads reads;
    private final Compaction compaction;
    private final SupervisedLoop scan;
    private final Deadlines deadlines;
    private final Health health;
    private final @Nullable LogFollower follower;
    /// The dialect's ear for news of others.
    private Closeable listening = () -> {
    };

    private SqlLog(SqlDialect dialect, Connection connection, Health health, Consumer<String> onBroken)
            throws SQLException {
        this.dialect = dialect;
        this.health = health;
        Opening opening = new Opening(dialect, connection);
        opening.prepare();
        long newest = opening.newest();
        DatabaseFaults faults = new DatabaseFaults(dialect, onBroken);
        state = new LogState(new Heads(newest), new LogTail(newest), new KnownNames(), new Expirations(), faults,
                new AtomicBoolean());
        Intake intake = new Intake(state);
        CatchUp catchUp = new CatchUp(state, intake);
        WriteConnection link = new WriteConnection(dialect, connection, faults);
        writer = new LogWriter(dialect, state, new Transactions(dialect, state, intake, link,
                new Mending(dialect, state, intake, catchUp, link)));
        follower = dialect.shared() ? new LogFollower(dialect, state, catchUp, writer::mend, health) : null;
        pool = new ReadPool(dialect, faults, intake::known);
        compaction = new Compaction(pool, writer, state.tail(), opening.compactRevision(), dialect);
        reads = new LogReads(pool, state.tail(), compaction, this::newest, dialect.shared());
        deadlines = new Deadlines(health, "datastore-deadlines");
        scan = SupervisedLoop.platform(health, "datastore-scan", new Scan(dialect, state)::run);
    }

    /// Of a table of this process alone it is known; of a shared one it is asked for, which blocks up to a second.
    private long newest() {
        return follower == null ? state.tail().upTo() : follower.fence();
    }

    /// Opens the table, creating it if it is missing. `onBroken` is called, once and on any thread, with a
    /// sentence for the operator when the log had to give up; its other threads report to `health`.
    /// @throws SQLException when the database cannot be opened or is not a log
    /// @throws SQLException when the database cannot be opened or is not a log; nothing is left open
    public static SqlLog open(SqlDialect dialect, Health health, Consumer<String> onBroken) throws SQLException {
        for (int attempt = 1;; attempt++) {
            Connection connection = dialect.openWriter();
            try {
                SqlLog log = new SqlLog(dialect, connection, health, onBroken);
                log.start();
                return log;
            } catch (SQLException e) {
                connection.close();
                // a connection that was lost on the way says nothing about the next one
                if (attempt == OPENINGS || !dialect.shared() || dialect.trouble(e) != Trouble.AWAY) {
                    throw e;
                }
            } catch (RuntimeException e) {
                connection.close();
                throw e;
            }
        }
    }

    /// The writer first: the others hand it work.
    private void start() {
        deadlines.start();
        writer.start();
        if (follower != null) {
            follower.start();
            listening = dialect.listen(follower::hear, health);
        }
        state.expirations().start(this::expire, health);
        scan.start();
    }

    @Override
    public CommitResult commit(String key, long expected, byte[] value, Duration timeToLive, Unchanged... unchanged) {
        if (timeToLive.isNegative()) {
            throw new IllegalArgumentException("a time to live is not negative: " + timeToLive);
        }
        return change(new Op.Request(key, expected, value, timeToLive.toNanos(), List.of(unchanged)));
    }

    @Override
    public CommitResult delete(String key, long expected, Unchanged... unchanged) {
        if (expected <= 0) {
            throw new IllegalArgumentException("a deletion names the revision it deletes, not " + expected);
        }
        return change(new Op.Request(key, expected, null, 0, List.of(unchanged)));
    }

    /// The rows of the log itself are nobody's keys.
    private CommitResult change(Op.Request request) {
        if (request.key().isEmpty() || Row.internal(request.key())) {
            throw new IllegalArgumentException("not a key for values: '" + request.key() + "'");
        }
        long start = System.nanoTime();
        return switch (outcome(submit(request), start)) {
            case Op.Outcome.Done(long revision) -> new CommitResult.Committed(revision);
            case Op.Outcome.Conflict(Head current) ->
                new CommitResult.Conflict(current.entry(request.key()), Optional.empty());
            case Op.Outcome.OtherChanged(String other) ->
                new CommitResult.Conflict(get(request.key()), Optional.of(other));
            case Op.Outcome.Failed(DatastoreUnavailable why) ->
                throw new DatastoreUnavailable(String.valueOf(why.getMessage()), why, why.outcomeUnknown());
        };
    }

    /// The patience counts from when the caller came, its look-up included.
    private Op.Outcome outcome(Op op, long start) {
        return op.await(deadlines, dialect.patience().toNanos() - (System.nanoTime() - start),
                doubt -> new Op.Outcome.Failed(state.faults().late("commit", doubt)));
    }

    /// The revision is read before the key: what was found then holds from that revision on.
    private Op submit(Op.Request request) {
        long seenAt = state.tail().upTo();
        Op op = new Op(request, head(request.key()), seenAt);
        writer.submit(op);
        return op;
    }

    /// What the caller finds out about a key before it queues up, to spare the writer; null when that costs time.
    private @Nullable Head head(String key) {
        Head recent = state.heads().find(key);
        if (recent != null) {
            return recent;
        }
        if (state.names().surelyUnused(key)) {
            return Head.NONE;
        }
        try {
            return dialect.shared() && state.faults().away() ? null : reads.head(key);
        } catch (DatastoreUnavailable e) {
            if (!dialect.shared() || state.faults().ended()) {
                throw e;
            }
            return null;
        }
    }

    /// All are queued before any is waited for, so they share a group. One that lost is no failure: its key has
    /// changed.
    private void expire(List<Expirations.Due> due) {
        List<Op> ops = new ArrayList<>(due.size());
        long start = System.nanoTime();
        for (Expirations.Due one : due) {
            ops.add(submit(new Op.Request(one.key(), one.revision(), null, 0, List.of())));
        }
        @Nullable
        DatastoreUnavailable failure = null;
        for (Op op : ops) {
            if (outcome(op, start) instanceof Op.Outcome.Failed(DatastoreUnavailable why)) {
                failure = why;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public Optional<Entry> get(String key) {
        return Row.internal(key) ? Optional.empty() : reads.head(key).entry(key);
    }

    @Override
    public Optional<Entry> get(String key, long revision) {
        return Row.internal(key) ? Optional.empty() : reads.get(key, revision);
    }

    @Override
    public Page range(String prefix, String start, int limit, long revision) {
        return reads.range(prefix, start, limit, revision);
    }

    @Override
    public Count count(String prefix) {
        return reads.count(prefix);
    }

    @Override
    public Watch watch(String prefix, long afterRevision) {
        state.faults().check("watch");
        compaction.refresh();
        reads.checkKept(afterRevision);
        return new LogWatch(prefix, afterRevision, state.tail(), new TableLog(reads, state.faults()));
    }

    @Override
    public boolean shared() {
        return dialect.shared();
    }

    @Override
    public long revision() {
        state.faults().check("revision");
        return newest();
    }

    @Override
    public long compactRevision() {
        return compaction.revision();
    }

    @Override
    public long compact(long revision) {
        return compaction.compact(revision);
    }

    @Override
    public long size() {
        try {
            return dialect.size();
        } catch (SQLException e) {
            throw state.faults().failed("size", e, false);
        }
    }

    /// Finishes the commits that are queued, refuses new ones, and closes every connection. Watches end with
    /// [DatastoreUnavailable]. Blocks up to a few seconds.
    ///
    /// @throws SQLException also when the writer of a table that is this process's alone has not ended: it may still
    ///         commit, so nobody else may have the table
    @Override
    public void close() throws SQLException {
        boolean ended = true;
        state.faults().close();
        deadlines.close();
        state.tail().wake();
        try {
            listening.close();
            if (follower != null) {
                follower.close(CLOSE_MILLIS);
            }
            ended = writer.close(CLOSE_MILLIS);
            state.expirations().close(CLOSE_MILLIS);
            scan.close();
            scan.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            ended = false;
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new SQLException("closing the listener", e);
        }
        if (!ended && !dialect.shared()) {
            throw new SQLException("the writer of " + dialect.place() + " has not ended in time");
        }
        pool.close();
    }
}
