package io.k3j.networkpolicy;

import io.k3j.codec.Yaml;
import io.k3j.componentapi.TimeSource;
import io.k3j.componenthelpers.Cidr;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.netpolicy.DnsStandIn;
import io.k3j.netpolicy.PolicyEnd;
import io.k3j.netpolicy.PolicyPod;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The cluster of the cases: three namespaces, four pods of this node, one of another, somebody outside.
final class World {
    static final List<String> RANGES = List.of("10.42.0.0/24", "fd42::/64");
    static final Map<String, Map<String, String>> NAMESPACES = Map.of("a", Map.of("team", "red"), "b",
            Map.of("team", "blue"), "c", Map.of("team", "blue", "env", "prod"), "kube-system", Map.of());
    /// Who has which addresses, IPv4 first.
    static final Map<String, List<String>> ADDRESSES = addresses();
    private static final Map<String, Obj> PODS = pods();

    /// One case of `cases.yaml`.
    record Case(String name, Map<Key, Obj> policies, List<String> pass, List<String> deny) {
    }

    /// `FROM TO PROTOCOL/PORT`.
    record Flow(String from, String to, String protocol, int port) {
        static Flow of(String text) {
            String[] parts = text.split(" ");
            String[] port = parts[2].split("/");
            return new Flow(parts[0], parts[1], port[0], Integer.parseInt(port[1]));
        }
    }

    private World() {
    }

    private static Map<String, List<String>> addresses() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        all.put("a/x", List.of("10.42.0.11", "fd42::11"));
        all.put("a/y", List.of("10.42.0.12", "fd42::12"));
        all.put("b/x", List.of("10.42.0.21", "fd42::21"));
        all.put("b/db", List.of("10.42.0.22", "fd42::22"));
        all.put("c/far", List.of("10.42.1.31", "fd42:0:0:1::31"));
        all.put("outside", List.of("198.51.100.7", "2001:db8::7"));
        all.put("node", List.of("10.42.0.1", "fd42::1"));
        return all;
    }

    private static Map<String, Obj> pods() {
        Map<String, Obj> all = new LinkedHashMap<>();
        all.put("a/x", pod("a", "x", "here", Map.of("app", "x"), Seq.EMPTY));
        all.put("a/y", pod("a", "y", "here", Map.of("app", "y"), Seq.of(port("web", 81, "TCP"))));
        all.put("b/x", pod("b", "x", "here", Map.of("app", "x"), Seq.of(port("web", 8080, "TCP"))));
        all.put("b/db", pod("b", "db", "here", Map.of("app", "db", "tier", "back"),
                Seq.of(port("web", 80, "TCP"), port("dns", 53, "UDP"))));
        all.put("c/far", pod("c", "far", "there", Map.of("app", "far"), Seq.EMPTY));
        return all;
    }

    private static Struct port(String name, int number, String protocol) {
        return Struct.of("name", name, "containerPort", number, "protocol", protocol);
    }

    /// A pod with what a node keeps of those of the cluster.
    static Obj pod(String namespace, String name, String node, Map<String, String> labels, Seq ports) {
        List<String> its = ADDRESSES.getOrDefault(namespace + "/" + name, List.of());
        return BuiltinResources.CLUSTER_PODS.of(Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("namespace", namespace, "name", name, "uid", namespace + "-" + name, "labels",
                        Struct.copyOf(labels)),
                "spec", Struct.of("nodeName", node, "containers", Seq.of(Struct.of("name", "c", "ports", ports))),
                "status", Struct.of("phase", "Running", "startTime", "2026-11-23T09:00:00Z", "podIPs",
                        Seq.copyOf(its.stream().map(ip -> Struct.of("ip", ip)).toList())))));
    }

    static Map<String, String> labels(String namespace) {
        Map<String, String> all = new LinkedHashMap<>(NAMESPACES.getOrDefault(namespace, Map.of()));
        all.put("kubernetes.io/metadata.name", namespace);
        return all;
    }

    /// The DNS that this node answers.
    static PolicyPod dns() {
        return DnsStandIn.of(List.of(Obj.of(Struct.of("metadata",
                Struct.of("labels", Struct.of(DnsStandIn.SERVICE_LABEL, DnsStandIn.SERVICE)), "endpoints",
                Seq.of(Struct.of("nodeName", "here", "addresses", Seq.copyOf(ADDRESSES.get("node"))))))), "here");
    }

    /// Tells nobody but the log.
    static PolicyRefusals untold() {
        return new PolicyRefusals("here", key -> Optional.empty(), TimeSource.system());
    }

    /// A picture of it without policies.
    static Picture picture() {
        Picture picture = new Picture("here", true);
        picture.ranges(RANGES);
        picture.node("there", Cidr.readable(List.of("10.42.1.0/24", "fd42:0:0:1::/64")));
        NAMESPACES.keySet().forEach(n -> picture.namespace(n, labels(n)));
        PODS.values().forEach(p -> picture.pod(p));
        picture.standIn(dns());
        return picture;
    }

    /// The pod of that name.
    static Obj pod(String name) {
        return Objects.requireNonNull(PODS.get(name));
    }

    /// An end of a flow for the evaluation.
    static PolicyEnd end(String name, int family) {
        Optional<PolicyPod> pod = name.equals("node") ? Optional.of(dns())
                : Optional.ofNullable(PODS.get(name)).flatMap(PolicyPod::of);
        return new PolicyEnd(InetAddress.ofLiteral(ADDRESSES.get(name).get(family)), pod,
                pod.map(p -> labels(p.key().namespace())).orElse(Map.of()),
                name.equals("node") ? "here" : "");
    }

    static Obj policy(String name, Struct spec) {
        String[] key = name.split("/");
        return Obj.of(Struct.of("apiVersion", "networking.k8s.io/v1", "kind", "NetworkPolicy", "metadata",
                Struct.of("namespace", key[0], "name", key[1]), "spec", spec));
    }

    /// A policy for all pods of its namespace that lets one address in.
    static Obj letting(String name, String address) {
        return policy(name, Struct.of("podSelector", Struct.EMPTY, "policyTypes", Seq.of("Ingress"), "ingress",
                Seq.of(Struct.of("from", Seq.of(Struct.of("ipBlock", Struct.of("cidr", address + "/32")))))));
    }

    /// The rules that packets to an address of an isolated pod meet in a table.
    static List<String> rules(PolicyTable.Made made, String address) {
        String script = made.table().restated(Set.of());
        String chain = script.lines().filter(l -> l.startsWith("add element inet k3s-network-policy ingress4 "))
                .flatMap(l -> List.of(l.substring(l.indexOf('{') + 1, l.indexOf('}')).split(",")).stream())
                .map(String::strip).filter(e -> e.startsWith(address + " : goto "))
                .map(e -> e.substring(e.lastIndexOf(' ') + 1)).findFirst().orElseThrow();
        String rule = "add rule inet k3s-network-policy " + chain + " ";
        return script.lines().filter(l -> l.startsWith(rule)).map(l -> l.substring(rule.length())).toList();
    }

    static List<Case> cases() throws IOException {
        try (InputStream in = Objects.requireNonNull(World.class.getResourceAsStream("cases.yaml"))) {
            List<Case> all = new ArrayList<>();
            for (Struct c : ((Seq) Yaml.value(in.readAllBytes())).structs()) {
                Map<Key, Obj> policies = new LinkedHashMap<>();
                c.struct("policies").forEach((name, spec) -> {
                    Obj policy = policy(name, (Struct) spec);
                    policies.put(policy.key(), policy);
                });
                all.add(new Case(c.text("name"), policies, c.seq("pass").texts(), c.seq("deny").texts()));
            }
            return all;
        }
    }
}
