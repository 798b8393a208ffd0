package io.k3j.sqllog;

import io.k3j.datastoreapi.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Takes rows of the table into memory, whoever wrote them: in order, and each once. The writer brings its groups,
/// and it and the follower bring what other processes have written.
///
/// Invariants: the tail is complete up to its revision; a row is in the heads before anybody is told of it; `known`
/// is what the tail ends with.
final class Intake {
    private final LogState state;
    private volatile Known known;

    /// Begins at the revision the tail begins with, whose row has not been seen.
    Intake(LogState state) {
        this.state = state;
        known = new Known(state.tail().upTo(), null);
    }

    /// The newest row that was taken in; the tail holds it.
    Known known() {
        return known;
    }

    /// Learns the row of the newest known revision, if it is that: at the start only its number was known.
    ///
    /// @param log rows of the table from that revision on
    synchronized void learn(List<Row> log) {
        if (known.row() == null && !log.isEmpty() && log.getFirst().id() == known.revision()) {
            known = new Known(known.revision(), log.getFirst());
        }
    }

    /// Rows this process has committed. Their names are known already, their times to live are kept by the caller.
    ///
    /// @param revision the newest one, which may have no row
    synchronized void own(List<Row> rows, long revision) {
        publish(rows, revision);
    }

    /// Rows of others, in order; what is here already is left out. A time to live begins now, as nobody knows how
    /// much of it is over.
    synchronized void others(List<Row> rows) {
        for (Row row : rows) {
            state.names().add(row.name());
            if (row.lease() > 0 && !row.deleted() && row.id() > state.tail().upTo()) {
                state.expirations().add(row.name(), row.id(), TimeUnit.SECONDS.toNanos(row.lease()));
            }
        }
        if (!rows.isEmpty()) {
            publish(rows, rows.getLast().id());
        }
    }

    /// Goes to a revision without what lies between: it is gone from the table. Never back: whoever has found that out
    /// may have been overtaken.
    synchronized void jump(long revision) {
        if (revision < state.tail().upTo()) {
            return;
        }
        state.names().doubt();
        state.heads().forget(revision);
        state.tail().restart(revision);
        known = new Known(revision, null);
    }

    /// Rows of the log itself are numbered and not told.
    private void publish(List<Row> rows, long revision) {
        long before = state.tail().upTo();
        if (revision <= before) {
            return;
        }
        List<Change> changes = new ArrayList<>(rows.size());
        for (Row row : rows) {
            if (row.id() > before) {
                state.heads().put(row.name(), row.head());
                if (!Row.internal(row.name())) {
                    changes.add(row.change());
                }
            }
        }
        state.tail().append(changes, revision);
        // last: who finds the table's newest row known answers readers with what the tail holds
        known = new Known(revision, rows.isEmpty() ? null : rows.getLast());
    }
}
