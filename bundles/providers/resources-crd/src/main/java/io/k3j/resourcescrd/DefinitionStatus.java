package io.k3j.resourcescrd;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Computes the status of a definition: whether its names are accepted, and whether it is established. Pure.
final class DefinitionStatus {
    private DefinitionStatus() {
    }

    /// The definition with its updated status.
    static Obj of(Obj definition, List<Obj> others, Instant now) {
        Struct names = definition.spec().struct("names");
        Taken taken = new Taken(definition, others);
        Struct accepted = taken.accepted(names, definition.status().struct("acceptedNames"));
        String conflict = taken.conflict;
        boolean free = conflict.isEmpty();
        Obj o = definition.with(accepted, "status", "acceptedNames");
        o = condition(o, new Condition("NamesAccepted", free, free ? "NoConflicts" : taken.reason,
                free ? "no conflicts found" : conflict), now);
        boolean established = free || established(definition);
        o = condition(o, new Condition("Established", established,
                established ? "InitialNamesAccepted" : "NotAccepted",
                established ? "the initial names have been accepted" : "not all names are accepted"), now);
        String group = definition.spec().text("group");
        if (ApiApproval.guards(group)) {
            o = approval(o, now);
        }
        return o;
    }

    private static boolean established(Obj definition) {
        return definition.status().seq("conditions").find("type", "Established").text("status").equals("True");
    }

    private static Obj approval(Obj o, Instant now) {
        ApiApproval approval = ApiApproval.of(o.tree());
        return condition(o, new Condition("KubernetesAPIApprovalPolicyConformant",
                approval.state() == ApiApproval.State.APPROVED, approval.state().reason(), approval.message()), now);
    }

    /// A condition.
    record Condition(String type, boolean holds, String reason, String message) {
    }

    /// Sets a condition; its time changes with its status only.
    static Obj condition(Obj o, Condition wanted, Instant now) {
        Seq all = o.status().seq("conditions");
        String status = wanted.holds ? "True" : "False";
        Struct fresh = Struct.of("type", wanted.type, "status", status, "lastTransitionTime",
                now.truncatedTo(ChronoUnit.SECONDS).toString(), "reason", wanted.reason, "message", wanted.message);
        for (int i = 0; i < all.size(); i++) {
            Struct c = all.struct(i);
            if (c.text("type").equals(wanted.type)) {
                Struct same = c.with("reason", wanted.reason).with("message", wanted.message);
                return o.with(all.with(i, c.text("status").equals(status) ? same : fresh), "status", "conditions");
            }
        }
        return o.with(all.plus(fresh), "status", "conditions");
    }

    /// The accepted names of other definitions of the group.
    private static final class Taken {
        private final Set<String> resources = new HashSet<>();
        private final Set<String> kinds = new HashSet<>();
        private String conflict = "";
        private String reason = "";

        Taken(Obj definition, List<Obj> others) {
            for (Obj other : others) {
                if (other.spec().text("group").equals(definition.spec().text("group"))) {
                    Struct n = other.status().struct("acceptedNames");
                    resources.add(n.text("plural"));
                    resources.add(n.text("singular"));
                    resources.addAll(n.seq("shortNames").texts());
                    kinds.add(n.text("kind"));
                    kinds.add(n.text("listKind"));
                }
            }
            resources.remove("");
            kinds.remove("");
        }

        Struct accepted(Struct wanted, Struct before) {
            Struct a = name(wanted, before, "plural", resources, "PluralConflict");
            a = a.with("singular", name(wanted, before, "singular", resources, "SingularConflict").text("singular"));
            Seq shorts = shorts(wanted.seq("shortNames"), before.seq("shortNames"));
            a = shorts.isEmpty() ? a : a.with("shortNames", shorts);
            a = a.with("kind", name(wanted, before, "kind", kinds, "KindConflict").text("kind"));
            a = a.with("listKind", name(wanted, before, "listKind", kinds, "ListKindConflict").text("listKind"));
            Seq categories = wanted.seq("categories");
            return categories.isEmpty() ? a : a.with("categories", categories);
        }

        /// All, or those of before.
        private Seq shorts(Seq wanted, Seq before) {
            boolean bad = false;
            for (String s : wanted.texts()) {
                note(resources.contains(s), s, "ShortNamesConflict");
                bad |= resources.contains(s);
            }
            return bad ? before : wanted;
        }

        private Struct name(Struct wanted, Struct before, String field, Set<String> taken, String why) {
            boolean bad = taken.contains(wanted.text(field));
            note(bad, wanted.text(field), why);
            return Struct.of(field, bad ? before.text(field) : wanted.text(field));
        }

        private void note(boolean bad, String name, String why) {
            if (bad && conflict.isEmpty()) {
                conflict = "\"" + name + "\" is already in use";
                reason = why;
            }
        }
    }
}
