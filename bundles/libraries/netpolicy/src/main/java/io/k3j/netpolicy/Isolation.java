package io.k3j.netpolicy;

import io.k3j.model.Key;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What a pod that is isolated in one direction lets through.
///
/// @param direction seen from the pod
/// @param policies those that isolate it, by name
/// @param allowed what they let through together; ports to the pod are numbers, ports from it may be names
public record Isolation(Direction direction, List<Key> policies, List<Allowance> allowed) {
    /// What one policy lets through.
    public record Allowance(Key policy, AllowedTraffic traffic) {
    }

    /// The isolation of a pod; empty when no policy is about it in this direction, which is then open.
    ///
    /// @param policies any; those that do not select the pod count for nothing
    public static Optional<Isolation> of(PolicyPod pod, Direction direction, Collection<PodPolicy> policies) {
        List<Key> by = new ArrayList<>();
        List<Allowance> allowed = new ArrayList<>();
        policies.stream().filter(p -> p.selects(pod)).sorted().forEach(p -> p.rules(direction).ifPresent(rules -> {
            by.add(p.key());
            rules.forEach(r -> allowed
                    .add(new Allowance(p.key(), direction == Direction.INGRESS ? r.at(pod) : r)));
        }));
        return by.isEmpty() ? Optional.empty()
                : Optional.of(new Isolation(direction, List.copyOf(by), List.copyOf(allowed)));
    }

    /// The first policy that lets a flow through.
    public Optional<Key> allows(PolicyFlow flow) {
        return allowed.stream().filter(a -> peer(a.traffic(), flow) && port(a.traffic(), flow)).map(Allowance::policy)
                .findFirst();
    }

    private boolean peer(AllowedTraffic traffic, PolicyFlow flow) {
        return traffic.anyPeer() || traffic.peers().stream()
                .anyMatch(p -> flow.peer(direction).isOneOf(p, flow.protocol(), flow.port()));
    }

    private static boolean port(AllowedTraffic traffic, PolicyFlow flow) {
        return traffic.anyPort()
                || traffic.ports().stream().anyMatch(p -> p.includes(flow.protocol(), flow.port()) || p.named()
                        && p.protocol().equals(flow.protocol()) && flow.to().calls(p).contains(flow.port()));
    }
}
