package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
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

    /// Tells the first [FieldPaths#MOST], and how many there are.
    ApplyConflict(List<Conflict> all) {
        super(message(all));
        this.conflicts = List.copyOf(told(all));
    }

    private static List<Conflict> told(List<Conflict> all) {
        return all.stream().limit(FieldPaths.MOST)
                .map(c -> new Conflict(c.manager(), FieldPaths.shortened(c.field()))).toList();
    }

    /// Managers stand in the order of their entries, so that those of one are together.
    private static String message(List<Conflict> conflicts) {
        StringBuilder text = new StringBuilder("Apply failed with " + conflicts.size() + " conflict"
                + (conflicts.size() == 1 ? "" : "s") + ":");
        if (conflicts.size() == 1) {
            return text + " conflict with " + conflicts.getFirst().manager() + ": " + conflicts.getFirst().field();
        }
        String last = "";
        for (Conflict c : told(conflicts)) {
            if (!c.manager().equals(last)) {
                text.append(last.isEmpty() ? " " : "\n").append("conflicts with ").append(c.manager()).append(":");
                last = c.manager();
            }
            text.append("\n- ").append(c.field());
        }
        return conflicts.size() > FieldPaths.MOST ? text + "\n- and more" : text.toString();
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
