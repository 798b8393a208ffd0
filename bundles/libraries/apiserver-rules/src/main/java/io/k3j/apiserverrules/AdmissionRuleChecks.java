package io.k3j.apiserverrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What rules of webhooks and admission policies must look like (upstream's `validateRuleWithOperations`). Pure.
final class AdmissionRuleChecks {
    private static final List<String> OPERATIONS = List.of("*", "CONNECT", "CREATE", "DELETE", "UPDATE");

    private AdmissionRuleChecks() {
    }

    /// Checks the rules in a field of this place; names of objects are those of policies.
    static void all(Seq rules, Problems at, String field) {
        for (int i = 0; i < rules.size(); i++) {
            Struct rule = rules.struct(i);
            Problems p = at.at(field, i);
            names(rule.seq("resourceNames"), p);
            rule(rule, p);
        }
    }

    private static void names(Seq names, Problems p) {
        Set<String> seen = new HashSet<>();
        for (int k = 0; k < names.size(); k++) {
            Problems at = p.at("resourceNames", k);
            at.invalid(names.text(k), Names.pathSegment(names.text(k)));
            if (!seen.add(names.text(k))) {
                at.duplicate(names.text(k));
            }
        }
    }

    private static void rule(Struct rule, Problems p) {
        wildcard(rule, "operations", "operations", p);
        List<String> operations = rule.seq("operations").texts();
        for (int k = 0; k < operations.size(); k++) {
            if (!OPERATIONS.contains(operations.get(k))) {
                p.add(FieldProblem.unsupported(p.at("operations", k).path(), operations.get(k),
                        "\"" + String.join("\", \"", OPERATIONS) + "\""));
            }
        }
        wildcard(rule, "apiGroups", "API groups", p);
        wildcard(rule, "apiVersions", "API versions", p);
        int empty = rule.seq("apiVersions").texts().indexOf("");
        if (empty >= 0) {
            p.at("apiVersions", empty).required("");
        }
        resources(rule.seq("resources"), p);
        p.oneOf(rule, "scope", List.of("*", "Cluster", "Namespaced"));
    }

    private static void wildcard(Struct rule, String field, String what, Problems p) {
        Seq all = rule.seq(field);
        if (all.isEmpty()) {
            p.at(field).required("");
        } else if (all.size() > 1 && all.contains("*")) {
            p.at(field).invalid(all, "if '*' is present, must not specify other " + what);
        }
    }

    private static void resources(Seq resources, Problems p) {
        if (resources.isEmpty()) {
            p.at("resources").required("");
        }
        Set<String> anySub = new HashSet<>();
        Set<String> anyResource = new HashSet<>();
        boolean plain = false;
        for (int i = 0; i < resources.size(); i++) {
            String text = resources.text(i);
            Problems at = p.at("resources", i);
            int slash = text.indexOf('/');
            if (text.isEmpty()) {
                at.required("");
            } else if (slash < 0) {
                // as upstream, where the last one without a slash decides
                plain = !text.equals("*");
            } else {
                path(text, slash, anySub, anyResource, at);
            }
        }
        if (resources.size() > 1 && resources.contains("*/*")) {
            p.at("resources").invalid(resources, "if '*/*' is present, must not specify other resources");
        }
        if (resources.contains("*") && plain) {
            p.at("resources").invalid(resources,
                    "if '*' is present, must not specify other resources without subresources");
        }
    }

    private static void path(String text, int slash, Set<String> anySub, Set<String> anyResource, Problems at) {
        String resource = text.substring(0, slash);
        String sub = text.substring(slash + 1);
        if (anySub.contains(resource)) {
            at.invalid(text, "if '" + resource + "/*' is present, must not specify " + text);
        }
        if (anyResource.contains(sub)) {
            at.invalid(text, "if '*/" + sub + "' is present, must not specify " + text);
        }
        if (sub.equals("*")) {
            anySub.add(resource);
        }
        if (resource.equals("*")) {
            anyResource.add(sub);
        }
    }
}
