package io.k3j.servicelb;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.controllerkit.Pods;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Who asks for a port, found by the port: Services, and pods with a `hostPort`. Any thread.
final class ClusterPorts {
    private static final String BALANCED = "balanced-port";
    private static final String NODE_PORT = "node-port";
    private static final String EXTERNAL = "external-port";
    private static final String HOST_PORT = "host-port";
    private static final String EVERY = "every";
    private final LiveView services;
    private final LiveView pods;

    /// Before the views are attached.
    ClusterPorts(LiveViews views) {
        services = views.of(BuiltinResources.SERVICES).index(BALANCED, ClusterPorts::balanced)
                .index(NODE_PORT, s -> texts(BalancedPort.of(s, "nodePort")))
                .index(EXTERNAL,
                        s -> s.spec().seq("externalIPs").isEmpty() ? List.of() : texts(BalancedPort.of(s, "port")));
        pods = views.of(BuiltinResources.PODS).index(HOST_PORT, ClusterPorts::hostPorts);
    }

    private static List<String> texts(Set<BalancedPort> ports) {
        return ports.stream().map(BalancedPort::toString).toList();
    }

    private static Collection<String> balanced(Obj service) {
        if (!BalancedService.wanted(service)) {
            return List.of();
        }
        List<String> all = new ArrayList<>(texts(BalancedPort.of(service, "port")));
        all.add(EVERY);
        return all;
    }

    private static List<String> hostPorts(Obj pod) {
        return Pods.node(pod).isEmpty() ? List.of()
                : hostPortsOf(pod).stream().map(p -> Pods.node(pod) + ' ' + p).toList();
    }

    /// The ports of its node that a pod has. Those of a balancer of stock K3s are none: it is on its way out.
    static Set<BalancedPort> hostPortsOf(Obj pod) {
        Set<BalancedPort> all = new TreeSet<>();
        if (Pods.finished(pod) || pod.labels().containsKey(ServiceLbLabels.STOCK_POD)) {
            return all;
        }
        for (String field : List.of("initContainers", "containers")) {
            for (Struct container : pod.spec().seq(field).structs()) {
                for (Struct port : container.seq("ports").structs()) {
                    String ip = port.text("hostIP");
                    if (!ip.startsWith("127.") && !ip.equals("::1")) {
                        BalancedPort.of(port.text("protocol", "TCP"), port.whole("hostPort", 0)).ifPresent(all::add);
                    }
                }
            }
        }
        return all;
    }

    /// The view of all Services.
    LiveView services() {
        return services;
    }

    /// The view of all pods.
    LiveView pods() {
        return pods;
    }

    /// Every Service that is balanced.
    List<Obj> balanced() {
        return services.by(BALANCED, EVERY);
    }

    /// The balanced Services that want a port.
    List<Obj> wanting(BalancedPort port) {
        return services.by(BALANCED, port.toString());
    }

    /// The keys of those that want one of some ports.
    List<Key> wanting(Collection<BalancedPort> ports) {
        return ports.stream().flatMap(p -> wanting(p).stream()).map(Obj::key).distinct().toList();
    }

    /// Another Service that is reached at this port of every node, or at one of these addresses.
    Optional<Key> serviceAt(BalancedPort port, Set<String> addresses, Key but) {
        List<Obj> all = new ArrayList<>(services.by(NODE_PORT, port.toString()));
        services.by(EXTERNAL, port.toString()).stream()
                .filter(s -> s.spec().seq("externalIPs").texts().stream().anyMatch(addresses::contains))
                .forEach(all::add);
        return all.stream().map(Obj::key).filter(k -> !k.equals(but)).sorted().findFirst();
    }

    /// A pod that has a port of a node.
    Optional<Key> podAt(BalancedPort port, String node) {
        return pods.by(HOST_PORT, node + ' ' + port).stream().map(Obj::key).sorted().findFirst();
    }
}
