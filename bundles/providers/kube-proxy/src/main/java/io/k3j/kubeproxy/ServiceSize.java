package io.k3j.kubeproxy;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// How much the rules of a Service would be, counted before any is made: each of its ports has entries for each of its
/// addresses and for each endpoint, so that an object of some hundred KiB may mean more of them than a node has memory
/// for. Pure.
final class ServiceSize {
    /// Ports times addresses.
    static final int MOST_ENTRIES = 65_536;
    /// Ports times endpoints and source ranges.
    static final int MOST_TARGETS = 131_072;
    /// An endpoint with client affinity has a chain and a set of its own.
    private static final long STICKY = 4;
    /// A node port, and a port at each address of the node.
    private static final long OTHERS = 2;

    private ServiceSize() {
    }

    /// Why a Service is too large to be served; empty when it is not.
    ///
    /// @param slices its own
    static Optional<String> excess(Obj service, List<Obj> slices) {
        for (Family family : Family.values()) {
            List<String> clusterIps = ServicePorts.clusterIps(service, family);
            List<Struct> ports = service.spec().seq("ports").structs();
            long addresses = clusterIps.size() + ServicePorts.externalIps(service, family).size()
                    + ServicePorts.balancers(service, family).size() + OTHERS;
            if (!clusterIps.isEmpty() && ports.size() * addresses > MOST_ENTRIES) {
                return Optional.of(ports.size() + " ports at " + addresses + " addresses are more than "
                        + MOST_ENTRIES + " entries");
            }
            long targets = clusterIps.isEmpty() ? 0 : targets(service, ports, new SlicePorts(slices, family), family);
            if (targets > MOST_TARGETS) {
                return Optional.of(ports.size() + " ports with their endpoints and source ranges are " + targets
                        + " entries, more than " + MOST_TARGETS);
            }
        }
        return Optional.empty();
    }

    private static long targets(Obj service, List<Struct> ports, SlicePorts offered, Family family) {
        long endpoints = ports.stream().flatMap(p -> offered.of(p).stream())
                .mapToLong(o -> o.slice().tree().seq("endpoints").size()).sum();
        long each = ServicePorts.affinitySeconds(service.spec()) > 0 ? STICKY : 1;
        return endpoints * each + (long) ports.size() * ServicePorts.sources(service, family).networks().size();
    }
}
