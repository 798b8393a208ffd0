package io.k3j.servercredentials;

import io.k3j.componenthelpers.Cidr;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The names and addresses by which the cluster knows its API servers and Services. The authority that signs for
/// kubelets signs for API servers, so a kubelet's certificate with one of them would be taken for an API server's. This
/// server's own node is known by them too. Immutable; any thread.
public final class ServerNames {
    private static final Set<String> NAMES = Set.of("kubernetes", "kubernetes.default", "localhost");
    private final String self;
    private final List<String> services;
    private final List<InetAddress> addresses;
    private final List<Cidr> ranges;

    /// Those of this server.
    /// @throws IllegalArgumentException when `--service-cidr` is no range
    public ServerNames(SupervisorSettings settings) {
        self = settings.nodeName();
        services = List.of(".svc", ".svc." + settings.clusterDomain());
        addresses = AlternativeNames.ofServer(settings).addresses().stream().filter(a -> !a.isLoopbackAddress())
                .toList();
        ranges = Stream.of(settings.serviceCidr()).map(Cidr::parse).toList();
    }

    /// Whether another node must not be called so. Names of `--tls-san` may be those of other servers' nodes, whose
    /// passwords keep them.
    /// @param node in lower case
    public boolean contains(String node) {
        return !node.equals(self) && (NAMES.contains(node) || services.stream().anyMatch(node::endsWith));
    }

    /// What a node's kubelet is known by. Addresses of a server are left out and not refused: an agent on a server's
    /// machine has them too, and API servers know it by its node's name.
    /// @param given as the node tells them
    public AlternativeNames ofNode(String node, Collection<String> given) {
        AlternativeNames all = AlternativeNames.ofNode(node, given);
        return node.equals(self) ? all
                : new AlternativeNames(all.dnsNames(), all.addresses().stream().filter(a -> !isOurs(a)).toList());
    }

    private boolean isOurs(InetAddress address) {
        return addresses.contains(address) || ranges.stream().anyMatch(range -> range.contains(address));
    }
}
