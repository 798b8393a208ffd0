package io.k3j.servicelb;

import io.k3j.componenthelpers.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What no Service gets, whatever it asks for: ports of K3s, and addresses that are not a node's own.
///
/// @param reserved ports that K3s itself has on nodes (<https://docs.k3s.io/installation/requirements#networking>)
/// @param inner networks of pods and Services
record ServiceLbRules(Set<BalancedPort> reserved, List<Cidr> inner) {
    /// API and its load balancer, CRI streams, kubelet, kube-proxy, controllers, scheduler.
    private static final List<Integer> ALWAYS = List.of(6443, 6444, 10_010, 10_248, 10_249, 10_250, 10_256, 10_257,
            10_258, 10_259);

    static ServiceLbRules of(ServiceLbSettings settings) {
        Set<BalancedPort> reserved = new TreeSet<>();
        add(reserved, "tcp", ALWAYS.stream().mapToInt(Integer::intValue));
        add(reserved, "tcp", IntStream.of(settings.httpsListenPort(), settings.supervisorPort(),
                settings.apiserverPort()).filter(port -> port > 0));
        add(reserved, "tcp", settings.managedEtcd() ? IntStream.rangeClosed(2379, 2382) : IntStream.empty());
        add(reserved, "tcp", settings.embeddedRegistry() ? IntStream.of(5001) : IntStream.empty());
        add(reserved, "udp", switch (settings.flannelBackend()) {
            case "vxlan" -> IntStream.of(8472);
            case "wireguard-native" -> IntStream.of(51_820, 51_821);
            default -> IntStream.empty();
        });
        return new ServiceLbRules(reserved,
                Stream.of(settings.clusterCidr(), settings.serviceCidr()).flatMap(Stream::of)
                        .flatMap(list -> Stream.of(list.split(","))).map(String::strip).filter(s -> !s.isEmpty())
                        .map(Cidr::parse).toList());
    }

    private static void add(Set<BalancedPort> all, String protocol, IntStream numbers) {
        numbers.forEach(n -> BalancedPort.of(protocol, n).ifPresent(all::add));
    }

    /// Whether an address that a node claims may be a Service's: one that others reach it at.
    boolean usable(InetAddress address) {
        return !address.isLoopbackAddress() && !address.isAnyLocalAddress() && !address.isMulticastAddress()
                && !address.isLinkLocalAddress() && inner.stream().noneMatch(c -> c.contains(address));
    }
}
