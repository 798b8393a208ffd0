package io.k3j.resourcescrd;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// Computes the status of a definition: whether its names are accepted, and whether it is established. Pure.
final class DefinitionStatus {
    private DefinitionStatus() {
    }

    /// The definition with its updated status.
    static Obj of(Obj definition, List<Obj> others, Instant now) {
        Struct names = definition.spec().struct("names");
        TakenNames taken = new TakenNames(definition, others);
        Obj o = definition.with(taken.accepted(names), "status", "acceptedNames");
        boolean free = taken.free();
        o = condition(o, new Condition("NamesAccepted", free, taken.reason(), taken.message()), now);
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

    /// Whether a definition was refused names that it asks for.
    static boolean refused(Obj definition) {
        return definition.status().seq("conditions").find("type", "NamesAccepted").text("status").equals("False");
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
}
