package io.k3j.netpolicy;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A pod as policies see it.
///
/// @param key namespace and name
/// @param uid of the object
/// @param node where it runs
/// @param labels of the pod
/// @param addresses in Java's form, so that equal ones are equal texts; empty before it has any
/// @param ports those that have names
/// @param since orders pods that claim one address: the later has it
public record PolicyPod(Key key, String uid, String node, Map<String, String> labels, List<String> addresses,
        List<Port> ports, String since) {
    /// The node of a stand-in: no Node has this name.
    public static final String STAND_IN = "*";

    /// A port with a name.
    ///
    /// @param protocol `tcp`, `udp` or `sctp`
    public record Port(String name, String protocol, int number) {
    }

    /// Reads a pod. Empty for one that policies are not about: it is on the node's own network, or it has ended and
    /// its addresses may be another's.
    public static Optional<PolicyPod> of(Obj pod) {
        String phase = pod.status().text("phase");
        if (pod.spec().flag("hostNetwork") || phase.equals("Succeeded") || phase.equals("Failed")) {
            return Optional.empty();
        }
        String since = pod.status().text("startTime", pod.metadata().text("creationTimestamp"));
        return Optional.of(new PolicyPod(pod.key(), pod.uid(), pod.spec().text("nodeName"), pod.labels(),
                addresses(pod.status()), ports(pod.spec()), since));
    }

    private static List<String> addresses(Struct status) {
        List<String> all = new ArrayList<>();
        status.seq("podIPs").structs().forEach(ip -> all.add(ip.text("ip")));
        if (all.isEmpty() && !status.text("podIP").isEmpty()) {
            all.add(status.text("podIP"));
        }
        return canonical(all);
    }

    /// Addresses in Java's form; what is none is left out, as is one with a zone, which no packet carries and no rule
    /// can name.
    public static List<String> canonical(Collection<String> texts) {
        List<String> all = new ArrayList<>();
        for (String text : texts) {
            try {
                String address = InetAddress.ofLiteral(text).getHostAddress();
                if (address.indexOf('%') < 0) {
                    all.add(address);
                }
            } catch (IllegalArgumentException none) {
                continue;
            }
        }
        return List.copyOf(all);
    }

    private static List<Port> ports(Struct spec) {
        List<Port> all = new ArrayList<>();
        spec.seq("containers").structs().forEach(c -> ports(c.seq("ports"), all));
        spec.seq("initContainers").structs().stream().filter(c -> c.text("restartPolicy").equals("Always"))
                .forEach(c -> ports(c.seq("ports"), all));
        return List.copyOf(all);
    }

    private static void ports(Seq ports, List<Port> all) {
        for (Struct p : ports.structs()) {
            PolicyPort.protocol(p.text("protocol", "TCP")).filter(_ -> !p.text("name").isEmpty()).ifPresent(
                    protocol -> all.add(new Port(p.text("name"), protocol, (int) p.whole("containerPort", 0))));
        }
    }

    /// Whether it is no pod but addresses of a node that stand for one, as those of a DNS in the node's process: it is
    /// meant at its ports only, whatever else the node serves there.
    public boolean standIn() {
        return node.equals(STAND_IN);
    }

    /// The same with other addresses.
    public PolicyPod at(List<String> others) {
        return new PolicyPod(key, uid, node, labels, canonical(others), ports, since);
    }

    /// What it calls so.
    List<PolicyPort> named(PolicyPort port) {
        return ports.stream().filter(p -> p.name().equals(port.name()) && p.protocol().equals(port.protocol()))
                .map(p -> new PolicyPort(p.protocol(), p.number(), p.number(), "")).distinct().toList();
    }

    /// The numbers of a port by name and protocol.
    public List<Integer> numbers(PolicyPort port) {
        return named(port).stream().map(PolicyPort::first).toList();
    }
}
