package io.k3j.networkpolicy;

import io.k3j.model.Key;
import io.k3j.netpolicy.Direction;
import io.k3j.netpolicy.Isolation;
import io.k3j.netpolicy.PodPolicy;
import io.k3j.netpolicy.PolicyPod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Rules by what they come from, so that the pods of a Deployment cost one rendering. Holds what the last two rounds
/// have used, which is what pods of this node have. For one thread.
final class ChainCache {
    private Map<Question, Optional<PolicyChains>> recent = new HashMap<>();
    private Map<Question, Optional<PolicyChains>> older = Map.of();

    /// The policies that select a pod.
    ///
    /// @param policies in order
    /// @param closed those among them that let nothing through
    record Selection(List<PodPolicy> policies, Set<Key> closed) {
        Isolation applied(Isolation isolation) {
            return closed.isEmpty() ? isolation : new Isolation(isolation.direction(), isolation.policies(),
                    isolation.allowed().stream().filter(a -> !closed.contains(a.policy())).toList());
        }
    }

    private record Question(Direction direction, Selection selection, List<PolicyPod.Port> ports,
            Surroundings surroundings) {
    }

    /// The rules of a pod.
    Optional<PolicyChains> of(PolicyPod pod, Direction direction, Selection selection, Surroundings surroundings) {
        if (selection.policies().isEmpty()) {
            return Optional.empty();
        }
        Question question = new Question(direction, selection,
                direction == Direction.INGRESS ? pod.ports() : List.of(),
                surroundings);
        Optional<PolicyChains> known = recent.get(question);
        if (known == null) {
            known = older.get(question);
            if (known == null) {
                known = Isolation.of(pod, direction, selection.policies()).map(selection::applied)
                        .map(i -> IsolationRules.of(i, surroundings));
            }
            recent.put(question, known);
        }
        return known;
    }

    /// A round is over.
    void age() {
        older = recent;
        recent = new HashMap<>();
    }
}
