package io.k3j.schedulercache;

import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// One term of a pod's affinity or anti-affinity to other pods.
public record AffinityTerm(Selector selector, Set<String> namespaces, Selector namespaceSelector, String topologyKey,
        long weight) {
    /// The terms of a list in a pod's spec.
    static List<AffinityTerm> of(Obj pod, Seq terms) {
        List<AffinityTerm> all = new ArrayList<>(terms.size());
        for (Struct term : terms.structs()) {
            all.add(of(pod, term.has("podAffinityTerm") ? term.struct("podAffinityTerm") : term,
                    term.whole("weight", 0)));
        }
        return all;
    }

    private static AffinityTerm of(Obj pod, Struct body, long weight) {
        Set<String> namespaces = new HashSet<>(body.seq("namespaces").texts());
        boolean selects = body.has("namespaceSelector");
        if (namespaces.isEmpty() && !selects) {
            namespaces.add(pod.namespace());
        }
        Selector selector = body.has("labelSelector") ? Selector.of(body.struct("labelSelector")) : Selector.NOTHING;
        List<Selector.Requirement> all = new ArrayList<>(selector.requirements());
        Map<String, String> labels = pod.labels();
        body.seq("matchLabelKeys").texts().stream().filter(labels::containsKey).forEach(k -> all
                .add(new Selector.Requirement(k, Selector.Operator.IN, Set.of(labels.get(k)))));
        body.seq("mismatchLabelKeys").texts().stream().filter(labels::containsKey).forEach(k -> all
                .add(new Selector.Requirement(k, Selector.Operator.NOT_IN, Set.of(labels.get(k)))));
        return new AffinityTerm(new Selector(List.copyOf(all)), namespaces,
                selects ? Selector.of(body.struct("namespaceSelector")) : Selector.NOTHING, body.text("topologyKey"),
                weight);
    }

    /// Whether the term matches a pod; `labels` returns the labels of a namespace.
    public boolean matches(PodInfo pod, Function<String, Map<String, String>> labels) {
        boolean here = namespaces.contains(pod.namespace()) || namespaceSelector != Selector.NOTHING
                && namespaceSelector.matches(labels.apply(pod.namespace()));
        return here && selector.matches(pod.labels());
    }
}
