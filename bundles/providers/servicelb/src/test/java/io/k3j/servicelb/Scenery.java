package io.k3j.servicelb;

import io.k3j.clientapi.WriteOptions;
import io.k3j.componenthelpers.Cidr;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// The balancer over a fake API, with nodes and Services to play with.
final class Scenery {
    static final Set<BalancedPort> RESERVED = Set.of(new BalancedPort("tcp", 6443), new BalancedPort("tcp", 10_250));
    final ServiceLbMetrics metrics = new ServiceLbMetrics();
    final Stage stage = new Stage(desk -> {
        ServiceLbController.add(desk, new ServiceLbRules(RESERVED, List.of(cidr("10.42.0.0/16"), cidr("10.43.0.0/16"))),
                metrics);
        StockBalancers.add(desk, "kube-system");
    });

    private static Cidr cidr(String text) {
        return Cidr.parse(text);
    }

    /// A Node that is ready, with addresses as `InternalIP=192.0.2.1`, and says of its ports that they are free.
    static Obj node(String name, String... addresses) {
        Seq all = Seq.copyOf(List.of(addresses).stream().map(a -> a.split("="))
                .map(a -> Struct.of("type", a[0], "address", a[1])).toList());
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name, "creationTimestamp", "2026-01-01T00:00:00Z", "annotations",
                        Struct.of(ServiceLbLabels.PORTS, "tcp/1-65535 udp/1-65535 sctp/1-65535")),
                "spec", Struct.EMPTY, "status",
                Struct.of("addresses", all, "conditions", Seq.of(Struct.of("type", "Ready", "status", "True")))));
    }

    static Obj labelled(Obj node, String... labels) {
        Obj next = node;
        for (int i = 0; i < labels.length; i += 2) {
            next = next.with(labels[i + 1], "metadata", "labels", labels[i]);
        }
        return next;
    }

    static Obj ready(Obj node, String status) {
        return node.with(Seq.of(Struct.of("type", "Ready", "status", status)), "status", "conditions");
    }

    static Obj reporting(Obj node, String ports) {
        return node.with(ports, "metadata", "annotations", ServiceLbLabels.PORTS);
    }

    /// A Service as the API has completed it, with ports as `TCP/80`.
    static Obj balanced(String name, String... ports) {
        Seq all = Seq.copyOf(List.of(ports).stream().map(p -> p.split("/"))
                .map(p -> Struct.of("name", "p" + p[1], "protocol", p[0], "port", Long.parseLong(p[1]))).toList());
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", name, "namespace", "default"), "spec",
                Struct.of("type", "LoadBalancer", "clusterIP", "10.43.0.9", "ipFamilies", Seq.of("IPv4"),
                        "externalTrafficPolicy", "Cluster", "ports", all),
                "status", Struct.of("loadBalancer", Struct.EMPTY)));
    }

    /// Puts a Node as it is now.
    Scenery put(Obj node) {
        Obj there = stage.api.find(BuiltinResources.NODES, node.key()).orElse(node);
        stage.api.seed(BuiltinResources.NODES, there == node ? node : node.with(there.uid(), "metadata", "uid"));
        return this;
    }

    /// Makes a Service, each a second younger than the one before.
    Scenery create(Obj service) {
        stage.api.create(BuiltinResources.SERVICES, service, WriteOptions.PLAIN);
        stage.pass(Duration.ofSeconds(1));
        return this;
    }

    Obj changed(String name, Obj next) {
        Obj there = service(name);
        return stage.api.update(BuiltinResources.SERVICES, there.with(next.spec(), "spec"), WriteOptions.PLAIN);
    }

    /// An EndpointSlice of a Service with a ready endpoint on each of these nodes.
    Scenery endpoints(String service, String... nodes) {
        return endpoints(service, Struct.of("ready", true), nodes);
    }

    Scenery endpoints(String service, Struct conditions, String... nodes) {
        Seq all = Seq.copyOf(List.of(nodes).stream().map(n -> Struct.of("addresses", Seq.of("10.42.0.7"), "nodeName", n,
                "conditions", conditions)).toList());
        stage.api.seed(BuiltinResources.ENDPOINT_SLICES, Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind",
                "EndpointSlice", "metadata", Struct.of("name", service + "-1", "namespace", "default", "labels",
                        Struct.of(ServiceLbLabels.SLICE_SERVICE, service)),
                "addressType", "IPv4", "endpoints", all)));
        return this;
    }

    Obj service(Key key) {
        return stage.api.get(BuiltinResources.SERVICES, key);
    }

    Obj service(String name) {
        return service(new Key("default", name));
    }

    /// The addresses that a Service has once everybody has come to rest.
    List<String> addresses(String service) {
        stage.settle();
        return IngressStatus.of(service(service)).structs().stream().map(e -> e.text("ip")).toList();
    }
}
