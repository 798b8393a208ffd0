package io.k3j.apiserverrules;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Rules of ValidatingAdmissionPolicyBindings and MutatingAdmissionPolicyBindings.
final class AdmissionBindingRules implements KindRules {
    private static final List<String> ACTIONS = List.of("Audit", "Deny", "Warn");

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        return Fill.inside(o, "spec", s -> Fill.inside(s, "matchResources", AdmissionMatchRules::defaulted));
    }

    @Override
    public List<String> warnings(Write write, Struct o) {
        return write.subresource().isEmpty() ? StaticNames.warnings(o) : List.of();
    }

    @Override
    public void check(Write write, Struct o, Problems problems) {
        Struct spec = o.struct("spec");
        Problems p = problems.at("spec");
        boolean mutating = write.kind().gvk().kind().startsWith("Mutating");
        AdmissionMatchRules.policyName(spec, p);
        if (spec.get("paramRef") instanceof Struct ref) {
            AdmissionMatchRules.paramRef(ref, p.at("paramRef"));
        }
        if (spec.get("matchResources") instanceof Struct) {
            AdmissionMatchRules.match(spec, "matchResources", mutating, p);
        }
        if (!mutating) {
            actions(spec.seq("validationActions"), p);
        }
    }

    private static void actions(Seq actions, Problems p) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < actions.size(); i++) {
            Problems at = p.at("validationActions", i);
            String action = actions.text(i);
            if (!ACTIONS.contains(action)) {
                at.add(FieldProblem.unsupported(at.path(), action,
                        "\"" + String.join("\", \"", ACTIONS) + "\""));
            }
            if (!seen.add(action)) {
                at.duplicate(action);
            }
        }
        if (seen.contains("Deny") && seen.contains("Warn")) {
            p.at("validationActions").invalid(actions, "must not contain both Deny and Warn (repeating the same"
                    + " validation failure information in the API response and headers serves no purpose)");
        }
        if (seen.isEmpty()) {
            p.at("validationActions").required("at least one validation action is required");
        }
    }
}
