package io.k3j.servicelb;

import io.k3j.model.Key;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which Service has which ports of which nodes. Small where it matters: a port of which nobody else wants anything
/// costs one entry, however many nodes there are. For one thread.
final class PortBook {
    private static final Grant NOTHING = new Grant(Set.of(), Set.of());
    private final Map<Key, Grant> grants = new HashMap<>();
    private final Map<BalancedPort, Set<Key>> holders = new HashMap<>();

    /// All these ports on all these nodes.
    record Grant(Set<BalancedPort> ports, Set<String> nodes) {
    }

    /// What a Service has.
    Grant of(Key service) {
        return grants.getOrDefault(service, NOTHING);
    }

    /// Another Service that has a port on a node.
    Optional<Key> holder(BalancedPort port, String node, Key but) {
        for (Key key : holders.getOrDefault(port, Set.of())) {
            if (!key.equals(but) && of(key).nodes().contains(node)) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }

    /// Gives a Service exactly this; the caller has looked that nobody else has it.
    ///
    /// @return the ports of which it has fewer than before, or none any more
    Set<BalancedPort> put(Key service, Grant grant) {
        Grant before = of(service);
        Set<BalancedPort> freed = new HashSet<>(before.ports());
        if (grant.nodes() == before.nodes() || grant.nodes().containsAll(before.nodes())) {
            freed.removeAll(grant.ports());
        }
        before.ports().forEach(p -> drop(p, service));
        if (grant.nodes().isEmpty()) {
            grants.remove(service);
        } else {
            grants.put(service, grant);
            grant.ports().forEach(p -> holders.computeIfAbsent(p, k -> new HashSet<>()).add(service));
        }
        return freed;
    }

    /// Takes everything from a Service.
    ///
    /// @return the ports it had
    Set<BalancedPort> remove(Key service) {
        return put(service, NOTHING);
    }

    private void drop(BalancedPort port, Key service) {
        Set<Key> some = holders.get(port);
        if (some != null && some.remove(service) && some.isEmpty()) {
            holders.remove(port);
        }
    }
}
