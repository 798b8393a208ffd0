package io.k3j.scheduler;

import io.k3j.componenthelpers.NodeSelectorTerm;
import io.k3j.componenthelpers.RequiredNodeAffinity;
import io.k3j.model.Selector;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The nodes that a pod's required node affinity names, as it does for the pods of DaemonSets: upstream's `PreFilter`
/// of `NodeAffinity`. No others are looked at. Pure.
final class PinnedNodes {
    /// Why a node that is not named is not feasible.
    static final Rejection OTHERS = Rejection.hard(NodeFilters.AFFINITY,
            "node(s) didn't satisfy plugin(s) [" + NodeFilters.AFFINITY + "]");
    /// Why no node is feasible when the names of each term exclude each other.
    static final Rejection CONFLICT = Rejection.hard(NodeFilters.AFFINITY, "pod affinity terms conflict");
    private static final String NAME = "metadata.name";

    private PinnedNodes() {
    }

    /// The names; empty when a term names none, so that any node may be feasible.
    static Optional<Set<String>> of(RequiredNodeAffinity affinity) {
        if (!affinity.limited() || affinity.terms().isEmpty()) {
            return Optional.empty();
        }
        Set<String> all = new HashSet<>();
        for (NodeSelectorTerm term : affinity.terms()) {
            @Nullable
            Set<String> named = named(term.fields());
            if (named == null) {
                return Optional.empty();
            }
            all.addAll(named);
        }
        return Optional.of(all);
    }

    private static @Nullable Set<String> named(Selector fields) {
        @Nullable
        Set<String> named = null;
        for (Selector.Requirement r : fields.requirements()) {
            if (!r.key().equals(NAME) || r.operator() != Selector.Operator.IN) {
                continue;
            }
            if (named == null) {
                named = new HashSet<>(r.values());
            } else {
                named.retainAll(r.values());
            }
        }
        return named;
    }
}
