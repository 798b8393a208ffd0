package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// An apply would change fields that others manage, and was not forced. Nothing was changed. The message is upstream's,
/// for one conflict and for many; kubectl shows it as it is. See
/// <https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts>.
public final class ApplyConflict extends RuntimeException {
    private static final long serialVersionUID = 1L;
    /// Lost if somebody serialized the exception, which nobody does; the message says the same.
    private final transient List<Conflict> conflicts;

    /// One field somebody else manages.
    ///
    /// @param manager as people read it: `"kubectl-client-side-apply" using apps/v1`
    /// @param field as `.spec.containers[name="web"].image`
    public record Conflict(String manager, String field) {
    }

    /// Conflicts while they are looked for: the first [FieldPaths#MOST] of them, and how many there are. A client
    /// chooses how many, and how long their paths are. For one thread.
    static final class Found {
        private final List<Conflict> first = new ArrayList<>();
        private int count;

        /// All fields of a set, which may be empty.
        void add(String manager, FieldSet fields) {
            count += fields.members();
            fields.paths().list().stream().limit(FieldPaths.MOST - first.size())
                    .forEach(p -> first.add(new Conflict(manager, p)));
        }

        boolean isEmpty() {
            return count == 0;
        }
    }

    /// Tells the first, and how many there are.
    ApplyConflict(Found found) {
        super(message(found));
        this.conflicts = List.copyOf(found.first);
    }

    /// Managers stand in the order of their entries, so that those of one are together.
    private static String message(Found found) {
        StringBuilder text = new StringBuilder("Apply failed with " + found.count + " conflict"
                + (found.count == 1 ? "" : "s") + ":");
        if (found.count == 1) {
            return text + " conflict with " + found.first.getFirst().manager() + ": " + found.first.getFirst().field();
        }
        String last = "";
        for (Conflict c : found.first) {
            if (!c.manager().equals(last)) {
                text.append(last.isEmpty() ? " " : "\n").append("conflicts with ").append(c.manager()).append(":");
                last = c.manager();
            }
            text.append("\n- ").append(c.field());
        }
        return found.count > FieldPaths.MOST ? text + "\n- and more" : text.toString();
    }

    /// The conflicts that are told, grouped by manager.
    public List<Conflict> conflicts() {
        return conflicts;
    }

    /// The `causes` of the status, by which clients tell this 409 from the one of an old `resourceVersion`.
    public Seq causes() {
        return Seq.copyOf(conflicts.stream().map(c -> Struct.of("reason", "FieldManagerConflict", "message",
                "conflict with " + c.manager(), "field", c.field())).toList());
    }
}
