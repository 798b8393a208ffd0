package io.k3j.workloadrules;

import io.k3j.kindrules.Fill;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// `matchLabelKeys` and `mismatchLabelKeys` of a new pod: what they stand for is made part of the label selector beside
/// them, as upstream does, so that the selector alone says which other pods are meant. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#matchlabelkeys>. Pure.
final class LabelKeys {
    private static final String SPREAD = "topologySpreadConstraints";
    private static final String AFFINITY = "affinity";
    private static final String SELECTOR = "labelSelector";
    private static final String EXPRESSIONS = "matchExpressions";
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

    private LabelKeys() {
    }

    /// The pod with complete selectors. Applied to its own result, it changes nothing.
    static Struct merged(Struct pod) {
        Struct spec = pod.struct("spec");
        if (!spec.has(SPREAD) && !spec.has(AFFINITY)) {
            return pod;
        }
        Struct labels = pod.struct("metadata").struct("labels");
        Struct s = Fill.each(spec, SPREAD, constraint -> merged(constraint, labels));
        for (String kind : List.of("podAffinity", "podAntiAffinity")) {
            s = Fill.inside(s, AFFINITY, a -> Fill.inside(a, kind, terms -> terms(terms, labels)));
        }
        return s == spec ? pod : pod.with("spec", s);
    }

    private static Struct terms(Struct terms, Struct labels) {
        Struct t = Fill.each(terms, REQUIRED, term -> merged(term, labels));
        return Fill.each(t, PREFERRED,
                weighted -> Fill.inside(weighted, "podAffinityTerm", term -> merged(term, labels)));
    }

    private static Struct merged(Struct of, Struct labels) {
        return with(with(of, "matchLabelKeys", "In", labels), "mismatchLabelKeys", "NotIn", labels);
    }

    private static Struct with(Struct of, String field, String operator, Struct labels) {
        if (!of.has(SELECTOR)) {
            return of;
        }
        Set<Struct> all = new LinkedHashSet<>();
        for (String key : of.seq(field).texts()) {
            if (labels.has(key)) {
                all.add(Struct.of("key", key, "operator", operator, "values", Seq.of(labels.text(key))));
            }
        }
        List<Struct> given = of.struct(SELECTOR).seq(EXPRESSIONS).structs();
        given.forEach(all::remove);
        return all.isEmpty() ? of : of.withAt(Seq.copyOf(Stream.concat(given.stream(), all.stream()).toList()),
                SELECTOR, EXPRESSIONS);
    }
}
