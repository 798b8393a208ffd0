package io.k3j.resourcesbuiltin;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import java.util.Map;

/// The nodes that reach a PersistentVolume, which stay but for names of labels that are no longer in beta. Pure.
final class VolumeNodes {
    private static final Map<String, String> STABLE = Map.of("failure-domain.beta.kubernetes.io/zone",
            "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region",
            "beta.kubernetes.io/os", "kubernetes.io/os", "beta.kubernetes.io/arch", "kubernetes.io/arch",
            "beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type");

    private VolumeNodes() {
    }

    /// Whether a `nodeAffinity` says what it said.
    static boolean same(Struct old, Struct now) {
        Seq before = terms(old);
        Seq after = terms(now);
        boolean same = before.size() == after.size();
        for (int i = 0; same && i < before.size(); i++) {
            Struct was = before.struct(i);
            Struct is = after.struct(i);
            same = same(was.seq("matchExpressions"), is.seq("matchExpressions"))
                    && same(was.seq("matchFields"), is.seq("matchFields"));
        }
        return same;
    }

    /// Whether a `nodeAffinity` asks for values that no label can have: upstream's
    /// `HasInvalidLabelValueInNodeSelectorTerms`, by which a stored one may keep them.
    static boolean oddValues(Struct affinity) {
        return terms(affinity).structs().stream().anyMatch(LabelSelectorRules::oddValues);
    }

    private static Seq terms(Struct affinity) {
        return affinity.struct("required").seq("nodeSelectorTerms");
    }

    private static boolean same(Seq before, Seq after) {
        boolean same = before.size() == after.size();
        for (int i = 0; same && i < before.size(); i++) {
            Struct was = before.struct(i);
            Struct is = after.struct(i);
            String key = is.text("key");
            same = is.equals(key.equals(STABLE.get(was.text("key"))) ? was.with("key", key) : was);
        }
        return same;
    }
}
