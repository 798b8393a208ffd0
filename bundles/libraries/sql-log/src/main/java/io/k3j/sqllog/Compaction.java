package io.k3j.sqllog;

import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.logtail.LogTail;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// Removes superseded rows and old tombstones in small steps. Each step looks at a stretch of the log, then deletes by
/// one statement in one transaction that also moves `compact_rev_key`: so what is recorded has been done entirely, also
/// after a crash.
///
/// Nobody inserts a row that is deleted here or changes one, so on a shared table a step takes a reading connection and
/// neither the table's lock nor the writer's time; the row `compact_rev_key`, which it changes first, keeps two
/// compactions apart. A table of this process alone has one writing connection, which gives a step a few milliseconds.
///
/// The newest row stays even if it is a tombstone: kine takes the highest id for the present revision. A tombstone
/// left in this way goes with the next compaction.
///
/// kine compacts by itself every five minutes; here whoever calls `compact` decides. Any thread; one call works at
/// a time.
final class Compaction {
    /// So few that a step takes milliseconds.
    private static final int STEP_ROWS = 256;
    /// A step of large rows may take longer than the database has time: so few it is tried with at last.
    private static final int LEAST_ROWS = 4;
    private static final String WHAT = "compact";
    private final ReadPool pool;
    private final LogWriter writer;
    private final LogTail tail;
    private final SqlDialect dialect;
    private final boolean shared;
    private final ReentrantLock working = new ReentrantLock();
    /// What readers go by, at or above `done`; never goes back.
    private volatile long announced;
    /// What is recorded in the table, as far as known; guarded by `working`.
    private long done;
    /// Of a step: fewer after each that failed, more after each that went well; guarded by `working`.
    private int rows = STEP_ROWS;
    /// Below what failed in this call, twice that in the next; guarded by `working`.
    private int most = STEP_ROWS;

    /// Where the table is shared other processes compact too.
    ///
    /// @param revision in force when the log was opened
    Compaction(ReadPool pool, LogWriter writer, LogTail tail, long revision, SqlDialect dialect) {
        this.dialect = dialect;
        this.shared = dialect.shared();
        this.pool = pool;
        this.writer = writer;
        this.tail = tail;
        announced = revision;
        done = revision;
    }

    /// The compaction revision in force for readers: a step is announced before it deletes.
    long revision() {
        return announced;
    }

    /// Looks, after an answer, whether another process has compacted: then the answer may lack rows, and the caller
    /// refuses it.
    ///
    /// @return the answer
    <T> T after(Reader reader, T answer) throws SQLException {
        if (shared) {
            announce(reader.number(Statements.COMPACT_REVISION));
        }
        return answer;
    }

    /// Asks the table, if it answers. A watch may begin without that; it ends when it finds its rows gone.
    void refresh() {
        if (!shared) {
            return;
        }
        try {
            pool.readSoon(WHAT, reader -> after(reader, 0));
        } catch (DatastoreUnavailable e) {
            System.getLogger("io.k3j.sqllog").log(System.Logger.Level.DEBUG, e.getMessage());
        }
    }

    private synchronized void announce(long revision) {
        announced = Math.max(announced, revision);
    }

    /// Works up to `target`, or to the newest revision if that is lower; blocks for as long as that takes. After a
    /// failure the next call begins where the last complete step ended.
    ///
    /// @return the revision in force
    /// @throws DatastoreUnavailable when a step failed with the fewest rows, too; those before it stay
    long compact(long target) {
        working.lock();
        try {
            return step(target);
        } finally {
            working.unlock();
        }
    }

    private long step(long target) {
        long goal = Math.min(target, tail.upTo());
        if (shared) {
            // what others have done is recorded; what was only announced here may have failed
            long recorded = pool.readSoon(WHAT, reader -> reader.number(Statements.COMPACT_REVISION));
            announce(recorded);
            done = recorded;
        }
        most = Math.min(STEP_ROWS, most * 2);
        while (done < goal) {
            Stretch stretch = stretch(done, goal);
            announce(stretch.upTo);
            if (carriedOut(stretch)) {
                done = stretch.upTo;
            }
        }
        return announced;
    }

    /// A step that failed is tried again with fewer rows, for as long as the database still answers questions.
    private boolean carriedOut(Stretch stretch) {
        try {
            carryOut(stretch);
            rows = Math.min(most, rows * 2);
            return true;
        } catch (DatastoreUnavailable e) {
            if (rows == LEAST_ROWS) {
                throw e;
            }
            most = Math.max(LEAST_ROWS, rows / 2);
            rows = most;
            return false;
        }
    }

    private void carryOut(Stretch stretch) {
        if (shared) {
            pool.read(WHAT, reader -> reader.changed(dialect, () -> delete(reader, stretch)));
        } else {
            writer.run(WHAT, reader -> delete(reader, stretch));
        }
    }

    private static void delete(Reader reader, Stretch stretch) throws SQLException {
        reader.update(Statements.SET_COMPACT_REVISION, stretch.upTo, stretch.upTo);
        if (!stretch.dead.isEmpty()) {
            Object[] ids = padded(stretch.dead.stream().map(Dead::id).toList());
            reader.update(Statements.delete(ids.length), ids);
        }
    }

    /// So that there are few different statements, some numbers come several times.
    private static Object[] padded(List<Long> ids) {
        int size = 1;
        while (size < ids.size()) {
            size *= 4;
        }
        Object[] all = new Object[size];
        Arrays.setAll(all, i -> ids.get(Math.min(i, ids.size() - 1)));
        return all;
    }

    /// One row earlier than the stretch, whose tombstone the compaction before may have left.
    private Stretch stretch(long from, long goal) {
        int limit = rows;
        List<Row> scanned = pool.read(WHAT, reader -> reader.rows(Statements.SCAN, from - 1, limit));
        List<Dead> dead = new ArrayList<>();
        for (Row row : scanned) {
            if (row.id() <= goal && !row.name().equals(Row.COMPACT_ROW)) {
                collect(row, dead);
            }
        }
        boolean last = scanned.size() < limit || scanned.getLast().id() >= goal;
        return new Stretch(there(dead), last ? goal : scanned.getLast().id());
    }

    /// Those that have the name they are expected to have: a chain that is damaged must not take others' rows along.
    private List<Dead> there(List<Dead> dead) {
        if (dead.isEmpty()) {
            return dead;
        }
        Object[] ids = padded(dead.stream().map(Dead::id).toList());
        Set<Dead> found = new HashSet<>();
        for (Row row : pool.read(WHAT, reader -> reader.rows(Statements.named(ids.length), ids))) {
            found.add(new Dead(row.id(), row.name()));
        }
        return dead.stream().filter(found::contains).toList();
    }

    /// What a row has replaced goes, and the row itself when it is a tombstone.
    private void collect(Row row, List<Dead> dead) {
        if (row.prevRevision() != 0) {
            dead.add(new Dead(row.prevRevision(), row.name()));
        }
        if (row.deleted() && row.id() < tail.upTo()) {
            dead.add(new Dead(row.id(), row.name()));
        }
    }

    private record Dead(long id, String name) {
    }

    /// What goes, and the revision up to which everything has gone then.
    private record Stretch(List<Dead> dead, long upTo) {
    }
}
