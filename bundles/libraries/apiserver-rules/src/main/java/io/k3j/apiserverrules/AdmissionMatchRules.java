package io.k3j.apiserverrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.kindrules.Fill;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Locale;

/// What admission policies and their bindings have in common: `matchConstraints`, `matchResources`, `paramKind`,
/// `paramRef`, the name of a policy. Pure.
final class AdmissionMatchRules {
    private static final List<String> MUTATING = List.of("*", "CONNECT", "CREATE", "UPDATE");

    private AdmissionMatchRules() {
    }

    static Struct defaulted(Struct match) {
        Struct m = Fill.in(match, "matchPolicy", "Equivalent");
        m = Fill.in(m, "namespaceSelector", Struct.EMPTY, "objectSelector", Struct.EMPTY);
        m = Fill.each(m, "resourceRules", r -> Fill.in(r, "scope", "*"));
        return Fill.each(m, "excludeResourceRules", r -> Fill.in(r, "scope", "*"));
    }

    /// Checks what stands in a field of this place, which must be there for a policy.
    static void match(Struct spec, String field, boolean mutating, Problems p) {
        Struct match = spec.struct(field);
        Problems at = p.at(field);
        at.requiredOneOf(match, "matchPolicy", List.of("Equivalent", "Exact"));
        LabelSelectorRules.check(match.struct("namespaceSelector"), at.at("namespaceSelector"));
        LabelSelectorRules.check(match.struct("objectSelector"), at.at("objectSelector"));
        AdmissionRuleChecks.all(match.seq("resourceRules"), at, "resourceRules");
        AdmissionRuleChecks.all(match.seq("excludeResourceRules"), at, "excludeResourceRules");
        if (mutating) {
            operations(match.seq("resourceRules"), at.at("resourceRules.operations"));
        }
    }

    /// What goes has no object that could be changed.
    private static void operations(Seq rules, Problems at) {
        for (Struct rule : rules.structs()) {
            for (String operation : rule.seq("operations").texts()) {
                if (!MUTATING.contains(operation)) {
                    at.add(FieldProblem.unsupported(at.path(), operation,
                            "\"" + String.join("\", \"", MUTATING) + "\""));
                }
            }
        }
    }

    static void paramKind(Struct kind, Problems p) {
        String version = kind.text("apiVersion");
        Problems at = p.at("apiVersion");
        int slash = version.indexOf('/');
        if (version.isEmpty()) {
            at.required("");
        } else if (slash != version.lastIndexOf('/')) {
            at.invalid(version, "unexpected GroupVersion string: " + version);
        } else {
            groupVersion(version, slash, at);
        }
        String name = kind.text("kind");
        if (p.present(kind, "kind")) {
            List<String> wrong = Names.label1035(name.toLowerCase(Locale.ROOT));
            if (!wrong.isEmpty()) {
                p.at("kind").invalid(name, "may have mixed case, but should otherwise match: "
                        + String.join(",", wrong));
            }
        }
    }

    private static void groupVersion(String text, int slash, Problems at) {
        String group = slash < 0 ? "" : text.substring(0, slash);
        String version = text.substring(slash + 1);
        if (!group.isEmpty() && !Names.subdomain(group).isEmpty()) {
            at.invalid(group, String.join(",", Names.subdomain(group)));
        }
        if (version.isEmpty()) {
            at.invalid(text, "version must be specified");
        } else if (!Names.label1035(version).isEmpty()) {
            at.invalid(version, String.join(",", Names.label1035(version)));
        }
    }

    static void paramRef(Struct ref, Problems p) {
        String name = ref.text("name");
        boolean selector = ref.get("selector") instanceof Struct;
        p.at("name").invalid(name, name.isEmpty() ? List.of() : Names.pathSegment(name));
        if (!name.isEmpty() && selector) {
            p.at("name").forbidden("name and selector are mutually exclusive");
        }
        if (selector) {
            LabelSelectorRules.check(ref.struct("selector"), p.at("selector"));
            if (!name.isEmpty()) {
                p.at("selector").forbidden("name and selector are mutually exclusive");
            }
        }
        if (name.isEmpty() && !selector) {
            p.required("one of name or selector must be specified");
        }
        p.requiredOneOf(ref, "parameterNotFoundAction", List.of("Deny", "Allow"));
    }

    static void policyName(Struct spec, Problems p) {
        if (p.present(spec, "policyName")) {
            p.at("policyName").invalid(spec.text("policyName"), Names.subdomain(spec.text("policyName")));
        }
    }
}
