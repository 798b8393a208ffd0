package io.k3j.servicelb;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Why a Service may not have a port of a node: in this order K3s itself, a Service that has it or is older, a Service
/// that is reached there otherwise, a pod, a process. For one thread.
final class PortRefusals {
    private final Set<BalancedPort> reserved;
    private final BalancerNodes nodes;
    private final ClusterPorts ports;
    private final PortBook book;

    /// @param why for people, after "port … of node …"
    /// @param asked whether the node has not said yet whether the port is free
    record Reason(String node, BalancedPort port, String why, boolean asked) {
        @Override
        public String toString() {
            return "port " + port + " of node " + node + ' ' + why;
        }
    }

    /// @param reserved ports of K3s
    PortRefusals(Set<BalancedPort> reserved, BalancerNodes nodes, ClusterPorts ports, PortBook book) {
        this.reserved = reserved;
        this.nodes = nodes;
        this.ports = ports;
        this.book = book;
    }

    /// Why a Service may not have one of some ports of a node; empty when it may have all.
    ///
    /// @param unsaid whether a node that says nothing of its ports is taken for one on which they are free
    Optional<Reason> of(BalancedService service, String node, Collection<BalancedPort> wanted, boolean unsaid) {
        for (BalancedPort port : wanted) {
            Optional<String> why = fixed(service, node, port).or(() -> olderAt(port, node, service));
            if (why.isPresent()) {
                return Optional.of(new Reason(node, port, why.get(), false));
            }
        }
        return wanted.stream().flatMap(p -> told(node, p, unsaid).stream()).findFirst();
    }

    /// The pod that has got one of some ports of a node as `hostPort`.
    Optional<Reason> pod(String node, Collection<BalancedPort> some) {
        return some.stream().sorted().flatMap(p -> ofPod(p, node).map(why -> new Reason(node, p, why, false)).stream())
                .findFirst();
    }

    private Optional<String> ofPod(BalancedPort port, String node) {
        return ports.podAt(port, node).map(pod -> "is a hostPort of pod " + pod);
    }

    private Optional<String> fixed(BalancedService service, String node, BalancedPort port) {
        if (reserved.contains(port)) {
            return Optional.of("is K3s' own");
        }
        return book.holder(port, node, service.key()).or(() -> ports.serviceAt(port, addresses(node), service.key()))
                .map(PortRefusals::ofService)
                .or(() -> ofPod(port, node));
    }

    private static String ofService(Key service) {
        return "belongs to Service " + service;
    }

    private Set<String> addresses(String node) {
        Set<String> all = new HashSet<>();
        nodes.node(node).ifPresent(n -> {
            all.addAll(n.internal());
            all.addAll(n.external());
        });
        return all;
    }

    /// An older Service that waits for the port and could have it now.
    private Optional<String> olderAt(BalancedPort port, String node, BalancedService service) {
        Collection<Obj> all = ports.wanting(port);
        if (all.size() < 2) {
            return Optional.empty();
        }
        return all.stream().map(BalancedService::of)
                .filter(o -> o.compareTo(service) < 0 && nodes.carrying(o).contains(node) && could(o, node))
                .findFirst().map(o -> ofService(o.key()));
    }

    private boolean could(BalancedService service, String node) {
        return service.placement().problem().isEmpty() && service.ports().stream()
                .allMatch(p -> fixed(service, node, p).isEmpty() && told(node, p, true).isEmpty());
    }

    private Optional<Reason> told(String node, BalancedPort port, boolean unsaid) {
        PortReport report = nodes.report(node);
        String name = report.taken().get(port);
        if (name != null) {
            String process = name.isEmpty() ? "a process" : "the process " + name;
            return Optional.of(new Reason(node, port, "is in use by " + process, false));
        }
        return report.seen(port) || report == PortReport.NONE && unsaid ? Optional.empty()
                : Optional.of(new Reason(node, port, "is not known to be free yet: the node has not looked", true));
    }
}
