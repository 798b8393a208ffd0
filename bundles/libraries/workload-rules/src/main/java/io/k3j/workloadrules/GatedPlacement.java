package io.k3j.workloadrules;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.Objects;

/// What may change in the nodes a pod can run on while scheduling gates hold it: they may become fewer. Which nodes are
/// preferred may change freely; what the pod says of other pods stays, since label keys in it were made into selectors
/// when the pod was created. Pure.
final class GatedPlacement {
    private static final String AFFINITY = "affinity";
    private static final String NODES = "nodeAffinity";
    private static final String SELECTOR = "nodeSelector";
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String TERMS = "nodeSelectorTerms";
    private static final String LABELS = "matchExpressions";
    private static final String FIELDS = "matchFields";

    private GatedPlacement() {
    }

    /// Checks the change of a spec that had gates.
    ///
    /// @param p the spec
    static void check(Struct old, Struct spec, Problems p) {
        Struct was = old.struct(SELECTOR);
        Struct now = spec.struct(SELECTOR);
        if (!was.names().stream().allMatch(label -> Objects.equals(was.get(label), now.get(label)))) {
            p.at(SELECTOR).invalid(now, "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
        }
        terms(terms(old), terms(spec), p.at(AFFINITY).at(NODES).at(REQUIRED));
    }

    /// The spec without what [#check] looks at and what may change freely.
    static Struct without(Struct spec) {
        Struct pods = spec.struct(AFFINITY).without(NODES);
        Struct rest = spec.without(SELECTOR);
        return pods.isEmpty() ? rest.without(AFFINITY) : rest.with(AFFINITY, pods);
    }

    private static Seq terms(Struct spec) {
        return spec.struct(AFFINITY).struct(NODES).struct(REQUIRED).seq(TERMS);
    }

    /// A node meets one of the terms, so another term would let more nodes in.
    private static void terms(Seq was, Seq now, Problems p) {
        if (was.isEmpty()) {
            return;
        }
        if (was.size() != now.size()) {
            p.at(TERMS).invalid(now, "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
            return;
        }
        for (int i = 0; i < was.size(); i++) {
            if (!extended(was.struct(i), now.struct(i))) {
                p.at(TERMS, i).invalid(now.struct(i), "only additions are allowed (no mutations or deletions)");
            }
        }
    }

    /// A term without any requirement matches no node; with one it would match some.
    private static boolean extended(Struct was, Struct now) {
        if (was.seq(LABELS).isEmpty() && was.seq(FIELDS).isEmpty()) {
            return now.seq(LABELS).isEmpty() && now.seq(FIELDS).isEmpty();
        }
        return begins(now.seq(LABELS), was.seq(LABELS)) && begins(now.seq(FIELDS), was.seq(FIELDS));
    }

    private static boolean begins(Seq list, Seq beginning) {
        if (list.size() < beginning.size()) {
            return false;
        }
        for (int i = 0; i < beginning.size(); i++) {
            if (!list.get(i).equals(beginning.get(i))) {
                return false;
            }
        }
        return true;
    }
}
