package io.k3j.corerules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Rules of Nodes: upstream's `ValidateNode` and `ValidateNodeUpdate`.
final class NodeKindRules implements KindRules {
    private static final String SPEC = "spec";
    private static final String STATUS = "status";
    private static final String EXTERNAL_ID = "externalID";
    private static final List<String> EFFECTS = List.of("NoSchedule", "PreferNoSchedule", "NoExecute");

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        Struct status = o.struct(STATUS);
        return status.has("capacity") && status.struct("allocatable").isEmpty()
                ? o.withAt(status.get("capacity"), STATUS, "allocatable") : o;
    }

    /// Kubelets are no longer configured by what their Nodes say; who has it said keeps it.
    @Override
    public Struct prepared(Write write, Struct o) {
        Struct before = write.before().orElse(Struct.EMPTY);
        Struct node = without(before, without(before, o, SPEC, "configSource"), STATUS, "config");
        return write.operation() == Operation.UPDATE && write.subresource().isEmpty()
                ? node.with(STATUS, before.struct(STATUS)) : node;
    }

    private static Struct without(Struct before, Struct o, String part, String field) {
        return o.struct(part).has(field) && !before.struct(part).has(field) ? o.withoutAt(part, field) : o;
    }

    @Override
    public void check(Write write, Struct o, Problems p) {
        boolean update = write.operation() == Operation.UPDATE;
        Struct old = write.before().orElse(Struct.EMPTY);
        Struct before = old.struct(SPEC);
        Struct spec = o.struct(SPEC);
        taints(before.seq("taints"), spec.seq("taints"), p.at("metadata"));
        NodeStatusProblems.check(update, old.struct(STATUS), o.struct(STATUS), p);
        NodeRanges.check(before, spec, p.at(SPEC));
        for (String field : List.of("podCIDR", "providerID")) {
            if (!before.text(field).isEmpty() && !before.text(field).equals(spec.text(field))) {
                p.at(SPEC).at(field).forbidden("node updates may not change " + field + " except from \"\" to valid");
            }
        }
        if (update && !before.text(EXTERNAL_ID).equals(spec.text(EXTERNAL_ID))) {
            p.at(SPEC).at(EXTERNAL_ID).forbidden("may not be updated");
        }
    }

    private static List<String> pair(Struct taint) {
        return List.of(taint.text("key"), taint.text("effect"));
    }

    /// Upstream tells of taints below the metadata.
    private static void taints(Seq before, Seq taints, Problems p) {
        Set<List<String>> seen = new HashSet<>();
        List<List<String>> pairs = before.structs().stream().map(NodeKindRules::pair).toList();
        for (int i = 0; i < taints.size(); i++) {
            Struct t = taints.struct(i);
            Problems at = p.at("taints", i);
            at.at("key").invalid(t.text("key"), Names.qualified(t.text("key")));
            List<String> wrong = Names.labelValue(t.text("value"));
            if (!wrong.isEmpty()) {
                at.at("value").invalid(t.text("value"), String.join(";", wrong));
            }
            at.requiredOneOf(t, "effect", EFFECTS);
            // A node that has had them twice must still be able to tell its status, and get rid of others.
            if (!seen.add(pair(t)) && pairs.indexOf(pair(t)) == pairs.lastIndexOf(pair(t))) {
                FieldProblem twice = FieldProblem.duplicate(at.path(), t);
                p.add(new FieldProblem(twice.field(), twice.type(),
                        twice.message() + ": taints must be unique by key and effect pair"));
            }
        }
    }

    @Override
    public List<String> warnings(Write write, Struct o) {
        return write.subresource().isEmpty() && !o.struct(SPEC).text(EXTERNAL_ID).isEmpty()
                ? List.of("spec.externalID: this field is deprecated, and is unused by Kubernetes") : List.of();
    }
}
