package io.k3j.sqllog;

import io.k3j.datastoreapi.Unchanged;
import io.k3j.logtail.LogTail;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One transaction's worth of commits: checks each against the state its predecessors in the group leave
/// behind, and numbers the ones that win. A commit that loses costs no revision and fails no neighbour.
///
/// One thread, the writer's, inside of a transaction. Nothing is visible to others before [Transactions] publishes
/// it.
final class Group {
    private final Heads heads;
    private final WriteConnection link;
    /// What the winners so far make of their keys.
    private final Map<String, Head> ahead = new HashMap<>();
    private final List<Op> winners = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private final Map<Op, Op.Outcome> losers = new HashMap<>();
    private long revision;

    /// Nothing is decided yet, and the table does not change but through this group; `link` asks inside the
    /// transaction.
    Group(Heads heads, WriteConnection link, LogTail tail) {
        this.heads = heads;
        this.link = link;
        revision = tail.upTo();
    }

    /// Of the winners, in the order of their numbers.
    List<Row> rows() {
        return rows;
    }

    List<Op> winners() {
        return winners;
    }

    /// Who lost and why; they are told only when the group is durable, since they may have lost to one of it.
    Map<Op, Op.Outcome> losers() {
        return losers;
    }

    /// The newest revision once this group is durable.
    long revision() {
        return revision;
    }

    /// Decides one commit: it wins when the key is at the expected revision and all others it names are at theirs.
    ///
    /// @throws SQLException when a key cannot be looked up; then nothing of the group is committed
    void decide(Op op) throws SQLException {
        Head current = head(op.key, op);
        if (current.liveRevision() != op.expected) {
            losers.put(op, new Op.Outcome.Conflict(current));
            return;
        }
        for (Unchanged other : op.unchanged) {
            if (head(other.key(), null).liveRevision() != other.revision()) {
                losers.put(op, new Op.Outcome.OtherChanged(other.key()));
                return;
            }
        }
        win(op, current);
    }

    private void win(Op op, Head current) {
        Row row = row(op, current, ++revision);
        rows.add(row);
        winners.add(op);
        ahead.put(op.key, row.head());
    }

    /// As kine writes it: a deletion keeps the old value in both columns, a creation has no `create_revision`.
    private static Row row(Op op, Head current, long id) {
        if (op.value == null) {
            return new Row(id, op.key, false, true, current.createRevision(), current.revision(), 0, current.value(),
                    current.value());
        }
        boolean created = current.deleted();
        return new Row(id, op.key, created, false, created ? 0 : current.createRevision(), current.revision(),
                op.leaseSeconds(), op.value, created ? null : current.value());
    }

    /// The key's newest row: from this group, from the recent rows, from what the caller read if that still
    /// holds, else from the table.
    private Head head(String key, @Nullable Op op) throws SQLException {
        Head head = ahead.get(key);
        if (head == null) {
            head = heads.find(key);
        }
        if (head == null && op != null && op.seen != null && op.seenAt >= heads.forgottenUpTo()) {
            head = op.seen;
        }
        if (head == null) {
            List<Row> found = link.reader().rows(Statements.NEWEST, key);
            head = found.isEmpty() ? Head.NONE : found.getFirst().head();
        }
        return head;
    }
}
