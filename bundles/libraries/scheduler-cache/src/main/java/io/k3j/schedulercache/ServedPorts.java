package io.k3j.schedulercache;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Obj;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The ports at which nodes themselves serve Services of type `LoadBalancer`: a Service is served where it shows an
/// address of the node, as kube-proxy reads it. In K3s a pod of the balancer has each of its ports as `hostPort`, which
/// keeps other pods that want it away; here there is no such pod. Any thread.
///
/// Services are found by their ports: one may show an address of each of thousands of nodes.
public final class ServedPorts {
    /// The finalizer of a Service that is carried by nodes.
    private static final String CARRIED = "service.kubernetes.io/load-balancer-cleanup";
    private static final String PORT = "served-port";
    private final LiveView services;

    /// Looks at Services in these views, before they are attached.
    public ServedPorts(LiveViews views) {
        services = views.of(BuiltinResources.SERVICES).index(PORT, s -> carried(s) ? ports(s) : Set.of());
    }

    /// The addresses at which Services have a host port of a pod, in one form. They do not answer at the loopback.
    public Set<String> of(PodInfo pod) {
        return pod.ports().stream().filter(mine -> !mine.ip().startsWith("127.") && !mine.ip().equals("::1"))
                .map(mine -> text(mine.protocol(), mine.port())).distinct()
                .flatMap(mine -> services.by(PORT, mine).stream()).flatMap(s -> addresses(s).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /// Whether a node has one of these addresses.
    public static boolean at(NodeState node, Set<String> addresses) {
        return !addresses.isEmpty() && node.node().status().seq("addresses").structs().stream()
                .filter(a -> a.text("type").endsWith("IP")).flatMap(a -> canonical(a.text("address")).stream())
                .anyMatch(addresses::contains);
    }

    /// Whether a change of a Service may have given a port back.
    public static boolean freed(@Nullable Obj before, @Nullable Obj after) {
        if (before == null) {
            return false;
        }
        Set<String> had = addresses(before);
        return !had.isEmpty()
                && (after == null || !addresses(after).containsAll(had) || !ports(after).containsAll(ports(before)));
    }

    private static boolean carried(Obj service) {
        return service.spec().text("type").equals("LoadBalancer") && !service.spec().has("loadBalancerClass")
                && service.finalizers().contains(CARRIED);
    }

    private static Set<String> addresses(Obj service) {
        return !carried(service) ? Set.of()
                : service.status().struct("loadBalancer").seq("ingress").structs().stream()
                        .filter(i -> !i.text("ipMode").equals("Proxy")).flatMap(i -> canonical(i.text("ip")).stream())
                        .collect(Collectors.toUnmodifiableSet());
    }

    private static Set<String> ports(Obj service) {
        return service.spec().seq("ports").structs().stream()
                .map(p -> text(p.text("protocol", "TCP"), p.whole("port", 0))).collect(Collectors.toUnmodifiableSet());
    }

    private static String text(String protocol, long port) {
        return protocol + '/' + port;
    }

    /// An address in one form, so that equal ones are equal texts; empty for what is none.
    private static Optional<String> canonical(String address) {
        try {
            return Optional.of(InetAddress.ofLiteral(address).getHostAddress());
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }
}
