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
        o = condition(o, established(definition, free), now);
        String group = definition.spec().text("group");
        if (ApiApproval.guards(group)) {
            o = approval(o, now);
        }
        return o;
    }

    /// Nobody can rely on versions that no webhook converts: a bundle that is none waits for one, as it is written by
    /// who has it made later. What was established stays so.
    private static Condition established(Obj definition, boolean free) {
        String bundle = definition.spec().struct("conversion").struct("webhook").struct("clientConfig")
                .text("caBundle");
        if (!established(definition) && !free) {
            return new Condition("Established", false, "NotAccepted", "not all names are accepted");
        }
        return established(definition) || ConversionRules.unusable(bundle).isEmpty()
                ? new Condition("Established", true, "InitialNamesAccepted", "the initial names have been accepted")
                : new Condition("Established", false, "InvalidCABundle", "The conversion webhook CABundle is invalid");
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
