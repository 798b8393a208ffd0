package io.k3j.schedulerconfig;

import java.util.List;
import java.util.Set;

/// Looks at a node affinity that pods are given, as at one they have themselves.
final class NodeAffinityTerms {
    private static final Set<String> OPERATORS = Set.of("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt");
    private static final Set<String> LISTS = Set.of("In", "NotIn");

    private NodeAffinityTerms() {
    }

    static void check(Fields affinity) {
        Fields required = affinity.fields("requiredDuringSchedulingIgnoredDuringExecution");
        List<Fields> terms = required.list("nodeSelectorTerms");
        if (affinity.has("requiredDuringSchedulingIgnoredDuringExecution") && terms.isEmpty()) {
            required.wrong("nodeSelectorTerms", "Required value: must have at least one node selector term");
        }
        terms.forEach(NodeAffinityTerms::term);
        required.end();
        for (Fields preferred : affinity.list("preferredDuringSchedulingIgnoredDuringExecution")) {
            if (preferred.whole("weight", 0, 1, 100, "must be in the range 1-100") == 0 && !preferred.has("weight")) {
                preferred.wrong("weight", "Required value");
            }
            term(preferred.fields("preference"));
            preferred.end();
        }
        affinity.end();
    }

    private static void term(Fields term) {
        for (String list : List.of("matchExpressions", "matchFields")) {
            for (Fields e : term.list(list)) {
                if (e.text("key", "").isEmpty()) {
                    e.wrong("key", "Required value");
                }
                String operator = e.text("operator", "");
                int values = e.texts("values").size();
                if (!OPERATORS.contains(operator)) {
                    e.invalid("operator", operator, "not a valid selector operator");
                } else if (LISTS.contains(operator) != values > 0 && !Set.of("Gt", "Lt").contains(operator)) {
                    e.wrong("values", LISTS.contains(operator)
                            ? "Required value: must be specified when `operator` is 'In' or 'NotIn'"
                            : "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                } else if (Set.of("Gt", "Lt").contains(operator) && values != 1) {
                    e.wrong("values", "Required value: must be specified single value when `operator` is 'Lt' or 'Gt'");
                }
                e.end();
            }
        }
        term.end();
    }
}
