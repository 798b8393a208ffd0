package io.k3j.networkpolicy;

import io.k3j.model.Key;
import io.k3j.netpolicy.Direction;
import io.k3j.netpolicy.PodPolicy;
import io.k3j.netpolicy.PolicyPod;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A pod of this node with the policies that select it. For one thread.
final class LocalPod {
    private final PolicyPod pod;
    private final SortedMap<Key, PodPolicy> selecting = new TreeMap<>();
    private final Map<Direction, Optional<PolicyChains>> chains = new EnumMap<>(Direction.class);
    private @Nullable Surroundings surroundings;

    /// @param policies of its namespace
    LocalPod(PolicyPod pod, Collection<PodPolicy> policies) {
        this.pod = pod;
        policies.stream().filter(p -> p.selects(pod)).forEach(p -> selecting.put(p.key(), p));
    }

    PolicyPod pod() {
        return pod;
    }

    /// A policy of its namespace has come, has changed or has gone.
    void policy(Key key, Optional<PodPolicy> now) {
        PodPolicy before = selecting.remove(key);
        now.filter(p -> p.selects(pod)).ifPresent(p -> selecting.put(key, p));
        if (before != null || selecting.containsKey(key)) {
            chains.clear();
        }
    }

    /// Its rules in one direction, empty when it is open. Computed once after each change.
    Optional<PolicyChains> chains(Direction direction, ChainCache cache, Surroundings now) {
        if (!now.equals(surroundings)) {
            surroundings = now;
            chains.clear();
        }
        return chains.computeIfAbsent(direction, d -> cache.of(pod, d, List.copyOf(selecting.values()), now));
    }
}
