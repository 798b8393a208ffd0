package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What can be wrong with `affinity.podAffinity` and `affinity.podAntiAffinity`, which have the same shape, as
/// upstream's `validatePodAffinity`, and with keys of labels whose values are the pod's own. Pure.
final class AffinityProblems {
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";
    private static final String SELECTOR = "labelSelector";
    private static final String SAME = "matchLabelKeys";
    private static final String OTHER = "mismatchLabelKeys";

    private AffinityProblems() {
    }

    /// Checks both lists of terms at their place. Preferred terms have a weight, which the scheduler adds up over all
    /// that hold; 100 bounds what one of them can do.
    static void check(Struct affinity, Problems p) {
        Seq required = affinity.seq(REQUIRED);
        for (int i = 0; i < required.size() && !p.full(); i++) {
            term(required.struct(i), p.at(REQUIRED, i));
        }
        Seq preferred = affinity.seq(PREFERRED);
        for (int i = 0; i < preferred.size() && !p.full(); i++) {
            Problems at = p.at(PREFERRED, i);
            weight(preferred.struct(i), at);
            term(preferred.struct(i).struct("podAffinityTerm"), at.at("podAffinityTerm"));
        }
    }

    static void weight(Struct preferred, Problems p) {
        long weight = preferred.whole("weight", 0);
        if (weight < 1 || weight > 100) {
            p.at("weight").invalid(weight, "must be in the range 1-100");
        }
    }

    /// The topology key is that of a node label: nodes with the same value are one place. Without it a term would say
    /// nothing, since an empty key does not mean "anywhere".
    private static void term(Struct term, Problems p) {
        for (String field : List.of(SELECTOR, "namespaceSelector")) {
            LabelSelectorRules.check(term.struct(field), p.at(field));
        }
        for (String namespace : term.seq("namespaces").texts()) {
            p.at("namespace").invalid(namespace, Names.label(namespace));
        }
        labelKeys(term, p);
        String key = term.text("topologyKey");
        if (key.isEmpty()) {
            p.at("topologyKey").required("can not be empty");
        }
        p.at("topologyKey").invalid(key, Names.qualified(key));
    }

    /// Checks `matchLabelKeys` and `mismatchLabelKeys`. They are made part of the selector when a pod is created, so a
    /// key that stands in the selector twice was there before.
    ///
    /// @param of the term or constraint
    /// @param p its place
    static void labelKeys(Struct of, Problems p) {
        List<String> same = of.seq(SAME).texts();
        List<String> different = of.seq(OTHER).texts();
        if (same.isEmpty() && different.isEmpty()) {
            return;
        }
        boolean selects = of.has(SELECTOR);
        names(same, selects, p, SAME);
        names(different, selects, p, OTHER);
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < same.size(); i++) {
            places.put(same.get(i), i);
        }
        Set<String> selected = new HashSet<>(of.struct(SELECTOR).struct("matchLabels").names());
        for (Struct requirement : of.struct(SELECTOR).seq("matchExpressions").structs()) {
            String key = requirement.text("key");
            Integer place = places.get(key);
            if (!selected.add(key) && place != null) {
                p.element(place).invalid(key, "exists in both matchLabelKeys and labelSelector");
            }
        }
        Set<String> others = new HashSet<>(different);
        for (int i = 0; i < same.size() && !p.full(); i++) {
            if (others.contains(same.get(i))) {
                p.at(SAME, i).invalid(same.get(i), "exists in both matchLabelKeys and mismatchLabelKeys");
            }
        }
    }

    private static void names(List<String> keys, boolean selects, Problems p, String field) {
        if (!keys.isEmpty() && !selects) {
            p.at(field).forbidden("must not be specified when labelSelector is not set");
            return;
        }
        for (int i = 0; i < keys.size() && !p.full(); i++) {
            p.at(field, i).invalid(keys.get(i), Names.qualified(keys.get(i)));
        }
    }
}
