package io.k3j.cli;

import io.k3j.codec.Json;
import io.k3j.kubectl.Kubectl;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.netpolicy.DnsStandIn;
import io.k3j.netpolicy.PodPolicy;
import io.k3j.netpolicy.PolicyCheck;
import io.k3j.netpolicy.PolicyEnd;
import io.k3j.netpolicy.PolicyFlow;
import io.k3j.netpolicy.PolicyPod;
import io.k3j.netpolicy.PolicyPort;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `k3s check-policy FROM TO PORT`: which NetworkPolicy allows or denies a new flow, by the evaluation that the rules
/// of the nodes are made from.
final class CheckPolicyCommand {
    private static final String USAGE = "use: k3s check-policy FROM TO PORT   (FROM and TO are NAMESPACE/POD or an"
            + " address, PORT is 80/tcp, 53/udp, 80 or the name of a port of TO; --kubeconfig says which cluster)";
    private static final Words.Form FORM = new Words.Form(USAGE, Map.of(), Set.of("kubeconfig"), Set.of());
    /// What the command ends with when the flow is denied.
    private static final int DENIED = 2;
    private static final int HIGHEST_PORT = 65_535;
    private final String kubeconfig;
    private final PrintStream out;

    /// Where a flow goes.
    private record Target(String protocol, int port) {
    }

    /// What the API says.
    private record Cluster(List<Obj> pods, Map<String, Map<String, String>> namespaces, List<Obj> nodes,
            PolicyPod dns) {
        /// Who has an address.
        Optional<PolicyPod> at(String address) {
            return Stream.concat(pods.stream().flatMap(p -> PolicyPod.of(p).stream()), Stream.of(dns))
                    .filter(p -> p.addresses().contains(address)).findFirst();
        }

        /// Whose own address it is; empty: no node's.
        String node(String address) {
            return nodes.stream().filter(n -> n.status().seq("addresses").structs().stream()
                    .anyMatch(a -> a.text("address").equals(address))).map(Obj::name).findFirst().orElse("");
        }
    }

    CheckPolicyCommand(String kubeconfig, PrintStream out) {
        this.kubeconfig = kubeconfig;
        this.out = out;
    }

    /// @return 0 when the flow is allowed, 2 when it is denied
    static int run(List<String> arguments, Host host, PrintStream out) {
        Words words = Words.of(arguments, FORM);
        if (words.plain().size() != 3) {
            throw new UsageFailure(USAGE);
        }
        String chosen = host.environment().getOrDefault("KUBECONFIG", "");
        String kubeconfig = words.text("kubeconfig", chosen.isEmpty() ? EarlyKeys.of(host).kubeconfig() : chosen);
        return new CheckPolicyCommand(kubeconfig, out).check(words.plain());
    }

    private int check(List<String> words) {
        Cluster cluster = new Cluster(all("pods", "-A"), all("namespaces").stream()
                .collect(Collectors.toMap(Obj::name, Obj::labels)), all("nodes"),
                DnsStandIn.of(all("endpointslices", "-n", DnsStandIn.NAMESPACE), ""));
        List<PodPolicy> policies = all("networkpolicies", "-A").stream().map(PodPolicy::of).toList();
        PolicyEnd to = end(words.get(1), cluster, "");
        PolicyEnd from = end(words.get(0), cluster, to.address().getHostAddress());
        Target target = target(words.get(2), to);
        PolicyCheck said = PolicyCheck.of(new PolicyFlow(from, to, target.protocol(), target.port()), policies);
        out.println((said.allowed() ? "allowed: " : "denied: ") + words.get(0) + " -> " + words.get(1) + " "
                + target.port() + "/" + target.protocol());
        out.println("  egress of " + words.get(0) + ": " + told(said.from(), from));
        out.println("  ingress of " + words.get(1) + ": " + told(said.to(), to));
        return said.allowed() ? 0 : DENIED;
    }

    private static String told(PolicyCheck.Side side, PolicyEnd end) {
        if (side.isolating().isEmpty()) {
            return end.pod().isPresent() ? "open, no policy isolates it against this" : "not a pod of the pod network";
        }
        return side.allowing().map(p -> "allowed by " + p).orElse("denied, no rule allows it of " + side.isolating()
                .stream().map(Key::toString).collect(Collectors.joining(", ")));
    }

    /// @param like an address whose family is preferred; empty: IPv4
    private static PolicyEnd end(String word, Cluster cluster, String like) {
        int slash = word.indexOf('/');
        if (slash < 0) {
            return at(word, cluster.at(literal(word).getHostAddress()), cluster);
        }
        Key key = new Key(word.substring(0, slash), word.substring(slash + 1));
        Obj pod = cluster.pods().stream().filter(p -> p.key().equals(key)).findFirst().orElseThrow(
                () -> new UsageFailure("there is no pod " + key + "; see k3s kubectl get pods -A"));
        List<String> addresses = pod.status().seq("podIPs").structs().stream().map(ip -> ip.text("ip")).toList();
        boolean six = like.indexOf(':') >= 0;
        String address = addresses.stream().filter(a -> a.indexOf(':') >= 0 == six).findFirst()
                .or(() -> addresses.stream().findFirst()).orElseThrow(() -> new UsageFailure(
                        "the pod " + key + " has no address yet; see k3s kubectl get pods -A -o wide"));
        return at(address, PolicyPod.of(pod), cluster);
    }

    private static PolicyEnd at(String address, Optional<PolicyPod> pod, Cluster cluster) {
        String node = pod.filter(p -> !p.standIn()).isPresent() ? "" : cluster.node(address);
        return new PolicyEnd(literal(address), pod,
                pod.map(p -> cluster.namespaces().getOrDefault(p.key().namespace(), Map.of())).orElse(Map.of()), node);
    }

    private static InetAddress literal(String address) {
        try {
            return InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException none) {
            throw new UsageFailure("\"" + address + "\" is neither NAMESPACE/POD nor an address\n" + USAGE);
        }
    }

    private static Target target(String word, PolicyEnd to) {
        String[] parts = word.split("/", 2);
        String protocol = PolicyPort.protocol((parts.length > 1 ? parts[1] : "tcp").toUpperCase(Locale.ROOT))
                .orElseThrow(
                        () -> new UsageFailure("unknown protocol in \"" + word + "\": tcp, udp or sctp\n" + USAGE));
        if (!parts[0].isEmpty() && parts[0].chars().allMatch(c -> c >= '0' && c <= '9') && parts[0].length() < 6) {
            int port = Integer.parseInt(parts[0]);
            if (port > 0 && port <= HIGHEST_PORT) {
                return new Target(protocol, port);
            }
            throw new UsageFailure("no such port: " + word);
        }
        return to.pod().flatMap(p -> p.ports().stream().filter(n -> n.name().equals(parts[0])
                && (parts.length < 2 || n.protocol().equals(protocol))).findFirst())
                .map(p -> new Target(p.protocol(), p.number()))
                .orElseThrow(() -> new UsageFailure("no port of TO is called \"" + parts[0] + "\"\n" + USAGE));
    }

    private List<Obj> all(String... what) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        ByteArrayOutputStream complaint = new ByteArrayOutputStream();
        List<String> line = new ArrayList<>(List.of("get"));
        line.addAll(List.of(what));
        line.addAll(List.of("-o", "json"));
        if (Kubectl.run(line, kubeconfig, new PrintStream(answer, true, StandardCharsets.UTF_8),
                new PrintStream(complaint, true, StandardCharsets.UTF_8)) != 0) {
            throw new UsageFailure(complaint.toString(StandardCharsets.UTF_8).strip());
        }
        Struct list = Json.object(answer.toByteArray());
        return list.seq("items").structs().stream().map(Obj::of).toList();
    }
}
