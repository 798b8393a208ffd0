package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.corevalidation.OldNodeLabels;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What can be wrong with `allowedTopologies` of a StorageClass, as upstream's `validateAllowedTopologies`. Pure. See
/// <https://kubernetes.io/docs/concepts/storage/storage-classes/#allowed-topologies>.
final class TopologyProblems {
    private static final String EXPRESSIONS = "matchLabelExpressions";
    private static final String VALUES = "values";

    private TopologyProblems() {
    }

    /// Checks the terms in a field. One that says nothing is one too many.
    ///
    /// @param p the place of what has the field
    static void check(Struct of, String field, Problems p) {
        Seq terms = of.seq(field);
        Set<Map<String, Set<String>>> seen = new HashSet<>();
        seen.add(Map.of());
        for (int i = 0; i < terms.size() && !p.full(); i++) {
            if (!seen.add(term(terms.struct(i).seq(EXPRESSIONS), p.at(field, i)))) {
                p.at(field, i).at(EXPRESSIONS).duplicate("");
            }
        }
    }

    /// @return the values by key
    private static Map<String, Set<String>> term(Seq expressions, Problems p) {
        Map<String, Set<String>> all = new HashMap<>();
        for (int i = 0; i < expressions.size() && !p.full(); i++) {
            Struct expression = expressions.struct(i);
            Problems at = p.at(EXPRESSIONS, i);
            String key = expression.text("key");
            Set<String> values = values(expression.seq(VALUES).texts(), at);
            at.at("key").invalid(key, Names.qualified(key));
            if (all.put(key, values) != null) {
                at.at("key").duplicate(key);
            }
        }
        return all;
    }

    private static Set<String> values(List<String> values, Problems p) {
        if (values.isEmpty()) {
            p.at(VALUES).required("");
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < values.size() && !p.full(); i++) {
            if (!seen.add(values.get(i))) {
                p.at(VALUES, i).duplicate(values.get(i));
            }
        }
        return seen;
    }

    /// Upstream's warnings of terms that name labels which others have taken the place of.
    ///
    /// @param field the field's name, with which paths begin
    static List<String> warnings(Struct of, String field) {
        List<String> all = new ArrayList<>();
        List<Struct> terms = of.seq(field).structs();
        for (int i = 0; i < terms.size(); i++) {
            List<Struct> expressions = terms.get(i).seq(EXPRESSIONS).structs();
            for (int k = 0; k < expressions.size(); k++) {
                String warning = OldNodeLabels.warning(expressions.get(k).text("key"));
                if (!warning.isEmpty()) {
                    all.add(field + "[" + i + "]." + EXPRESSIONS + "[" + k + "].key: " + warning);
                }
            }
        }
        return all;
    }
}
