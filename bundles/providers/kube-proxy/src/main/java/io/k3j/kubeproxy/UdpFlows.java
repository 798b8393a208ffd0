package io.k3j.kubeproxy;

import io.k3j.nodeapi.PacketFilter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Deletes conntrack entries of UDP ports that lead to endpoints which are gone, and of packets that were rejected:
/// the kernel would otherwise keep them as long as packets arrive. For one thread.
final class UdpFlows {
    private final PacketFilter filter;
    private final Map<String, Set<Flow>> known = new HashMap<>();

    /// A UDP address with an endpoint, [Endpoint#NONE] for none.
    private record Flow(Target target, Endpoint endpoint) {
    }

    private record Target(String address, int port) {
    }

    private record Endpoint(String address, int port) {
        private static final Endpoint NONE = new Endpoint("", 0);
    }

    UdpFlows(PacketFilter filter) {
        this.filter = filter;
    }

    /// The rules of a Service stand: what no longer leads anywhere is forgotten.
    void settle(String service, Map<Family, List<ServicePort>> ports) {
        Set<Flow> now = new HashSet<>();
        ports.forEach((family, some) -> some.stream().filter(p -> p.protocol().equals("udp"))
                .forEach(p -> flows(now, p, family)));
        Set<Flow> before = now.isEmpty() ? known.remove(service) : known.put(service, now);
        if (before != null) {
            Set<Target> served = now.stream().filter(f -> !f.endpoint().equals(Endpoint.NONE)).map(Flow::target)
                    .collect(Collectors.toSet());
            before.stream().filter(f -> !now.contains(f)).map(f -> gone(f, served)).distinct().forEach(this::forget);
        }
    }

    /// Clients whose endpoint has not gone keep it. Those that were rejected, or are from now on, have none.
    private static Flow gone(Flow flow, Set<Target> served) {
        return served.contains(flow.target()) ? flow : new Flow(flow.target(), Endpoint.NONE);
    }

    private void forget(Flow flow) {
        Target target = flow.target();
        Endpoint endpoint = flow.endpoint();
        if (endpoint.equals(Endpoint.NONE)) {
            filter.forgetFlows(target.address(), target.port());
        } else {
            filter.forgetFlows(target.address(), target.port(), endpoint.address(), endpoint.port());
        }
    }

    /// All UDP flows to a port. Internal clients may be sent to any endpoint, even where external ones are not.
    private static void flows(Set<Flow> all, ServicePort p, Family family) {
        p.clusterIps().forEach(ip -> flows(all, ip, p.port(), p.internal()));
        for (List<ServiceEndpoint> endpoints : List.of(p.external(), p.all())) {
            p.addresses().forEach(ip -> flows(all, ip, p.port(), endpoints));
            if (p.nodePort() > 0) {
                flows(all, family.anyAddress(), p.nodePort(), endpoints);
            }
            if (p.carried()) {
                flows(all, family.anyAddress(), p.port(), endpoints);
            }
        }
    }

    private static void flows(Set<Flow> all, String ip, int port, List<ServiceEndpoint> endpoints) {
        Target target = new Target(ip, port);
        endpoints.forEach(e -> all.add(new Flow(target, new Endpoint(e.address(), e.port()))));
        if (endpoints.isEmpty()) {
            all.add(new Flow(target, Endpoint.NONE));
        }
    }
}
