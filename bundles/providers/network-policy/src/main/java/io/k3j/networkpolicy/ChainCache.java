package io.k3j.networkpolicy;

import io.k3j.netpolicy.Direction;
import io.k3j.netpolicy.Isolation;
import io.k3j.netpolicy.PodPolicy;
import io.k3j.netpolicy.PolicyPod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Rules by what they come from, so that the pods of a Deployment cost one rendering. Holds what the last two rounds
/// have used, which is what pods of this node have. For one thread.
final class ChainCache {
    private Map<Question, Optional<PolicyChains>> recent = new HashMap<>();
    private Map<Question, Optional<PolicyChains>> older = Map.of();

    private record Question(Direction direction, List<PodPolicy> policies, List<PolicyPod.Port> ports,
            Surroundings surroundings) {
    }

    /// The rules of a pod.
    /// @param policies those that select it, in order
    Optional<PolicyChains> of(PolicyPod pod, Direction direction, List<PodPolicy> policies,
            Surroundings surroundings) {
        if (policies.isEmpty()) {
            return Optional.empty();
        }
        Question question = new Question(direction, policies,
                direction == Direction.INGRESS ? pod.ports() : List.of(),
                surroundings);
        Optional<PolicyChains> known = recent.get(question);
        if (known == null) {
            known = older.get(question);
            if (known == null) {
                known = Isolation.of(pod, direction, policies).map(i -> IsolationRules.of(i, surroundings));
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
