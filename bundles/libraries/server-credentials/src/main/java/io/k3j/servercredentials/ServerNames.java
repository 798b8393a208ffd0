package io.k3j.servercredentials;

import io.k3j.componenthelpers.Cidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The names and addresses by which the cluster knows its API servers and Services. The authority that signs for
/// kubelets signs for API servers, so a kubelet's certificate with one of them would be taken for an API server's.
/// This server's own node, if it has one, is known by them too. A wildcard of `--tls-san` reserves no name: nodes may
/// well be called by names of that domain. Immutable; any thread.
public final class ServerNames {
    private static final Set<String> NAMES = Set.of("kubernetes", "kubernetes.default", "localhost");
    private final String self;
    private final List<String> services;
    private final Set<String> names;
    private final Set<InetAddress> addresses;
    private final List<Cidr> ranges;

    private ServerNames(String self, List<String> services, Set<String> names, Set<InetAddress> addresses,
            List<Cidr> ranges) {
        this.self = self;
        this.services = services;
        this.names = names;
        this.addresses = addresses;
        this.ranges = ranges;
    }

    /// Those of this server.
    /// @throws IllegalArgumentException when `--service-cidr` is no range
    public ServerNames(SupervisorSettings settings) {
        this(settings.disableAgent() ? "" : settings.nodeName(),
                List.of(".svc", ".svc." + settings.clusterDomain()), lowerCase(AlternativeNames.of(named(settings))),
                AlternativeNames.ofServer(settings).addresses().stream().filter(a -> !a.isLoopbackAddress())
                        .collect(Collectors.toUnmodifiableSet()),
                Stream.of(settings.serviceCidr()).map(Cidr::parse).toList());
    }

    /// The name of a server without a node is no node's, and first come would be first served.
    private static List<String> named(SupervisorSettings settings) {
        List<String> all = new ArrayList<>(Arrays.asList(settings.tlsSan()));
        if (settings.disableAgent()) {
            all.add(settings.nodeName());
        }
        return all;
    }

    /// These and those of other servers.
    /// @param others names and addresses as texts, in any order
    public ServerNames and(Collection<String> others) {
        AlternativeNames more = AlternativeNames.of(others);
        Set<String> allNames = new HashSet<>(names);
        allNames.addAll(lowerCase(more));
        Set<InetAddress> allAddresses = new HashSet<>(addresses);
        more.addresses().stream().filter(a -> !a.isLoopbackAddress()).forEach(allAddresses::add);
        return new ServerNames(self, services, Set.copyOf(allNames), Set.copyOf(allAddresses), ranges);
    }

    private static Set<String> lowerCase(AlternativeNames names) {
        return names.dnsNames().stream().map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    /// Whether this is the node of this server, which is known by all of them.
    /// @param node in lower case
    public boolean isSelf(String node) {
        return node.equals(self);
    }

    /// Whether another node must not be called so.
    /// @param node in lower case
    public boolean contains(String node) {
        return !isSelf(node) && (NAMES.contains(node) || services.stream().anyMatch(node::endsWith));
    }

    /// Whether clients look for a server by the name of a node: one of `--tls-san`, or one that spells an address. A
    /// node that has it already keeps it by its password, since `--tls-san` may name other servers' nodes.
    /// @param node in lower case
    public boolean claims(String node) {
        InetAddress address = AlternativeNames.address(node);
        return !isSelf(node) && (names.contains(node) || address != null && isOurs(address));
    }

    /// What a node's kubelet is known by. Addresses of a server are left out and not refused: an agent on a server's
    /// machine has them too, and API servers know it by its node's name.
    /// @param given as the node tells them
    public AlternativeNames ofNode(String node, Collection<String> given) {
        AlternativeNames all = AlternativeNames.ofNode(node, given);
        return isSelf(node) ? all
                : new AlternativeNames(all.dnsNames(), all.addresses().stream().filter(a -> !isOurs(a)).toList());
    }

    private boolean isOurs(InetAddress address) {
        return addresses.contains(address) || ranges.stream().anyMatch(range -> range.contains(address));
    }
}
