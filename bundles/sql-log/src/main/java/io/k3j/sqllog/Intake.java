package io.k3j.sqllog;

import io.k3j.datastoreapi.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Takes rows of the table into memory, whoever wrote them: in order, and each once. The writer brings its groups,
/// and it and the follower bring what other processes have written.
final class Intake {
    private final State state;
    private volatile Known known;

    Intake(State state) {
        this.state = state;
        known = new Known(state.tail().durable(), null);
    }

    /// The newest row that was taken in; the tail holds it.
    Known known() {
        return known;
    }

    /// Learns the row of the newest known revision, if it is that.
    synchronized void learn(List<Row> log) {
        if (known.row() == null && !log.isEmpty() && log.getFirst().id() == known.revision()) {
            known = new Known(known.revision(), log.getFirst());
        }
    }

    /// Rows this process has committed; `revision` is the newest one.
    synchronized void own(List<Row> rows, long revision) {
        publish(rows, revision);
    }

    /// Rows of others.
    synchronized void others(List<Row> rows) {
        for (Row row : rows) {
            state.names().add(row.name());
            if (row.lease() > 0 && !row.deleted() && row.id() > state.tail().durable()) {
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
        if (revision < state.tail().durable()) {
            return;
        }
        state.names().doubt();
        state.heads().forget(revision);
        state.tail().forget(revision);
        known = new Known(revision, null);
    }

    private void publish(List<Row> rows, long revision) {
        long before = state.tail().durable();
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
