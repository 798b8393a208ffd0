package io.k3j.networkpolicy;

import io.k3j.model.Key;
import io.k3j.netpolicy.Direction;
import io.k3j.netpolicy.PodPolicy;
import io.k3j.netpolicy.PolicyPod;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A pod of this node with the policies that select it. For one thread.
final class LocalPod {
    private final PolicyPod pod;
    private final SortedMap<Key, PodPolicy> selecting = new TreeMap<>();
    private final Map<Direction, Optional<PolicyChains>> chains = new EnumMap<>(Direction.class);
    private @Nullable Surroundings surroundings;
    private @Nullable List<PodPolicy> listed;
    private Predicate<PodPolicy> open;
    /// Those among the policies that let nothing through.
    private Set<Key> closed;

    /// @param policies of its namespace
    /// @param open those of them whose rules count; the others select and let nothing through
    LocalPod(PolicyPod pod, Collection<PodPolicy> policies, Predicate<PodPolicy> open) {
        this.pod = pod;
        this.open = open;
        policies.stream().filter(p -> p.selects(pod)).forEach(p -> selecting.put(p.key(), p));
        closed = closed();
    }

    private Set<Key> closed() {
        Set<Key> all = new HashSet<>();
        selecting.forEach((key, policy) -> {
            if (!open.test(policy)) {
                all.add(key);
            }
        });
        return all;
    }

    PolicyPod pod() {
        return pod;
    }

    /// The policies that select it, in order; the same list as long as none of them changes.
    List<PodPolicy> policies() {
        List<PodPolicy> known = listed;
        if (known == null) {
            known = List.copyOf(selecting.values());
            listed = known;
        }
        return known;
    }

    /// A policy of its namespace has come, has changed or has gone.
    void policy(Key key, Optional<PodPolicy> now) {
        PodPolicy before = selecting.remove(key);
        closed.remove(key);
        now.filter(p -> p.selects(pod)).ifPresent(p -> {
            selecting.put(key, p);
            if (!open.test(p)) {
                closed.add(key);
            }
        });
        if (before != null || selecting.containsKey(key)) {
            listed = null;
            chains.clear();
        }
    }

    /// Other policies count from now on.
    void open(Predicate<PodPolicy> now) {
        open = now;
        Set<Key> before = closed;
        closed = closed();
        if (!closed.equals(before)) {
            chains.clear();
        }
    }

    /// Its rules in one direction, empty when it is open. Computed once after each change.
    Optional<PolicyChains> chains(Direction direction, ChainCache cache, Surroundings now) {
        if (!now.equals(surroundings)) {
            surroundings = now;
            chains.clear();
        }
        return chains.computeIfAbsent(direction,
                d -> cache.of(pod, d, new ChainCache.Selection(policies(), Set.copyOf(closed)), now));
    }
}
