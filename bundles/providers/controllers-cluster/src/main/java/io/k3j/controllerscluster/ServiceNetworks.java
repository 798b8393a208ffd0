package io.k3j.controllerscluster;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Obj;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// The networks of ServiceCIDRs. Immutable.
/// @param networks of `spec.cidrs`, in any order
record ServiceNetworks(List<Cidr> networks) {
    /// Those of one.
    static ServiceNetworks of(Obj cidr) {
        return of(List.of(cidr));
    }

    /// Those of several.
    static ServiceNetworks of(List<Obj> cidrs) {
        return new ServiceNetworks(cidrs.stream().flatMap(c -> Cidr.readable(c.spec().seq("cidrs").texts()).stream())
                .map(Cidr::network).toList());
    }

    /// The cluster addresses of a Service.
    static List<String> addresses(Obj service) {
        return service.spec().seq("clusterIPs").texts().stream().filter(a -> !a.isEmpty() && !a.equals("None"))
                .toList();
    }

    /// Whether a Service can have an address by one of them; what is no address is in none.
    boolean contains(String address) {
        Optional<InetAddress> ip = parsed(address);
        return ip.isPresent() && networks.stream().anyMatch(n -> n.containsHost(ip.get()));
    }

    /// Whether one of them holds all of a network.
    boolean covers(Cidr network) {
        return networks.stream().anyMatch(n -> n.contains(network));
    }

    private static Optional<InetAddress> parsed(String address) {
        try {
            return Optional.of(InetAddress.ofLiteral(address));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
