package io.k3j.resourcesbuiltin;

import io.k3j.corevalidation.OldNodeLabels;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;

/// The nodes that reach a PersistentVolume, which stay but for names of labels that are no longer in beta. Pure.
final class VolumeNodes {
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
            boolean renamed = OldNodeLabels.successor(was.text("key")).filter(key::equals).isPresent();
            same = is.equals(renamed ? was.with("key", key) : was);
        }
        return same;
    }
}
