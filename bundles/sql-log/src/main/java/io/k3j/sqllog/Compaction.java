package io.k3j.sqllog;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// Removes superseded rows and old tombstones in small steps. Each step looks at a stretch of the log by way
/// of a reading connection, then deletes in one transaction that also moves `compact_rev_key`: so what is
/// recorded has been done entirely, also after a crash, and the writer is held for a few milliseconds at a
/// time at most.
///
/// The newest row stays even if it is a tombstone: kine takes the highest id for the present revision.
/// A tombstone left in this way goes with the next compaction.
final class Compaction {
    private static final int STEP_ROWS = 128;
    private static final String WHAT = "compact";
    private final ReadPool pool;
    private final Writer writer;
    private final Tail tail;
    private final boolean shared;
    private final ReentrantLock working = new ReentrantLock();
    private volatile long announced;
    private long done;

    /// `shared`: other processes compact too, each under the table's lock.
    Compaction(ReadPool pool, Writer writer, Tail tail, long revision, boolean shared) {
        this.shared = shared;
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

    /// Looks, after an answer, whether another process has compacted; returns the answer.
    <T> T after(Reader reader, T answer) throws SQLException {
        if (shared) {
            announce(reader.number(Statements.COMPACT_REVISION));
        }
        return answer;
    }

    /// Asks the table, if it answers.
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

    /// Works up to `target`; blocks for as long as that takes. After a failure the next call begins where the
    /// last complete step ended.
    long compact(long target) {
        working.lock();
        try {
            return step(target);
        } finally {
            working.unlock();
        }
    }

    private long step(long target) {
        long goal = Math.min(target, tail.durable());
        if (shared) {
            // what others have done is recorded; what was only announced here may have failed
            long recorded = pool.readSoon(WHAT, reader -> reader.number(Statements.COMPACT_REVISION));
            announce(recorded);
            done = Math.max(done, recorded);
        }
        while (done < goal) {
            Stretch stretch = stretch(done, goal);
            announce(stretch.upTo);
            writer.run(WHAT, connection -> {
                for (Dead dead : stretch.dead) {
                    connection.update(Statements.DELETE, dead.id, dead.name);
                }
                connection.update(Statements.SET_COMPACT_REVISION, stretch.upTo, stretch.upTo);
            });
            done = stretch.upTo;
        }
        return announced;
    }

    private Stretch stretch(long from, long goal) {
        List<Row> rows = pool.read(WHAT, reader -> reader.rows(Statements.SCAN, from - 1, STEP_ROWS));
        List<Dead> dead = new ArrayList<>();
        for (Row row : rows) {
            if (row.id() <= goal && !row.name().equals(Row.COMPACT_ROW)) {
                collect(row, dead);
            }
        }
        boolean last = rows.size() < STEP_ROWS || rows.getLast().id() >= goal;
        return new Stretch(dead, last ? goal : rows.getLast().id());
    }

    private void collect(Row row, List<Dead> dead) {
        if (row.prevRevision() != 0) {
            dead.add(new Dead(row.prevRevision(), row.name()));
        }
        if (row.deleted() && row.id() < tail.durable()) {
            dead.add(new Dead(row.id(), row.name()));
        }
    }

    private record Dead(long id, String name) {
    }

    private record Stretch(List<Dead> dead, long upTo) {
    }
}
