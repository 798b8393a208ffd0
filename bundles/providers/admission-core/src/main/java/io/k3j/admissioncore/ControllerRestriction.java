package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Restricts the writes of the user `system:k3s-controller`, under which every node runs its pod network and its
/// cluster DNS: on its own Node only what K3s' agents write there, its own EndpointSlice of `kube-dns`, and Events. The
/// group `system:k3s-controller:<node>` of the certificate names the node. The certificate of K3s' own agents has no
/// such group; it may write what flannel and the registry mirror write to any Node, and nothing else, but for the Nodes
/// whose networks a bound identity runs: those carry [#BOUND]. Anybody who has the agents' token gets an unbound one.
@Component(service = Admission.class, property = "order:Integer=81")
public final class ControllerRestriction implements Admission {
    private static final String USER = "system:k3s-controller";
    private static final String GROUP = USER + ":";
    private static final String DNS = "kube-dns";
    /// The annotation by which a pod network with a bound identity keeps unbound ones from its Node.
    private static final String BOUND = "k3j.io/network";
    private static final String MIRROR = "p2p.k3s.cattle.io/";
    private static final List<String> UNBOUND = List.of("flannel.alpha.coreos.com/", MIRROR,
            "svccontroller.k3s.cattle.io/ports");
    /// K3s' agents write those of `k3s.io` as their nodes.
    private static final List<String> ANNOTATIONS = Stream.concat(UNBOUND.stream(), Stream.of(BOUND, "k3s.io/"))
            .toList();

    private final Listers listers;

    /// Reads Nodes from `listers`.
    @Activate
    public ControllerRestriction(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "K3sControllerRestriction";
    }

    @Override
    public boolean handles(Write write) {
        return write.caller().user().equals(USER) && write.operation() != Operation.CONNECT;
    }

    @Override
    public Struct admit(Write write, Struct object) {
        String node = write.caller().groups().stream().filter(g -> g.startsWith(GROUP))
                .map(g -> g.substring(GROUP.length())).findFirst().orElse("");
        switch (write.kind().gvr().resource()) {
            case "events" -> {
            }
            case "nodes" -> {
                return node(write, object, node);
            }
            case "endpointslices" -> slice(write, object, node);
            default -> throw refused(write, "is not for " + USER);
        }
        return object;
    }

    private static Struct node(Write write, Struct given, String node) {
        Struct object = node.isEmpty() ? unbound(write, given) : given;
        if (write.operation() != Operation.UPDATE || !node.isEmpty() && !write.key().name().equals(node)) {
            throw refused(write, "can only update the node it is bound to");
        }
        Struct before = write.before().orElse(Struct.EMPTY);
        Set<String> labels = changed(before, object, "labels");
        labels.removeIf(key -> node.isEmpty() ? key.startsWith(MIRROR) : !NodeLabels.forbidden(key));
        Set<String> annotations = changed(before, object, "annotations");
        annotations.removeIf(key -> (node.isEmpty() ? UNBOUND : ANNOTATIONS).stream().anyMatch(key::startsWith));
        if (!labels.isEmpty() || !annotations.isEmpty() || !withoutWritable(before).equals(withoutWritable(object))) {
            throw refused(write, USER + " can only change annotations of flannel and the condition NetworkUnavailable,"
                    + " and with a certificate that names its node annotations of K3s and labels of users");
        }
        return object;
    }

    /// Without the mark that only a bound identity sets: a node whose certificate was signed by a server of K3s, which
    /// binds none, asks for it with the rest of its annotations, and must get on without it.
    private static Struct unbound(Write write, Struct object) {
        Struct annotations = object.struct("metadata").struct("annotations");
        if (write.before().stream().anyMatch(b -> b.struct("metadata").struct("annotations").has(BOUND))) {
            String name = write.key().name();
            throw refused(write, "can only be updated by the network of node " + name + " itself, whose certificate"
                    + " names it; restart its agent, or, when it has become a node of K3s, first run: kubectl annotate"
                    + " node " + name + " " + BOUND + "-");
        }
        return annotations.has(BOUND) ? object.withAt(annotations.without(BOUND), "metadata", "annotations") : object;
    }

    /// The keys of the labels or annotations that differ.
    private static Set<String> changed(Struct before, Struct object, String field) {
        Struct old = before.struct("metadata").struct(field);
        Struct now = object.struct("metadata").struct(field);
        Set<String> names = new TreeSet<>(old.names());
        names.addAll(now.names());
        names.removeIf(key -> old.has(key) && now.has(key) && old.text(key).equals(now.text(key)));
        return names;
    }

    /// A Node without the fields that may differ.
    private static Struct withoutWritable(Struct node) {
        Struct metadata = node.struct("metadata");
        for (String field : List.of("labels", "annotations", "managedFields", "resourceVersion", "generation")) {
            metadata = metadata.without(field);
        }
        Seq conditions = Seq.copyOf(node.struct("status").seq("conditions").structs().stream()
                .filter(c -> !c.text("type").equals("NetworkUnavailable")).toList());
        return node.with("metadata", metadata).with("status", node.struct("status").with("conditions", conditions));
    }

    private void slice(Write write, Struct object, String node) {
        String name = DNS + "-" + node;
        boolean ipv6 = object.text("addressType").equals("IPv6");
        boolean ownName = !node.isEmpty() && write.key().namespace().equals("kube-system")
                && write.key().name().equals(ipv6 ? name + "-ipv6" : name);
        boolean ownEndpoints = write.operation() == Operation.DELETE ? onlyOn(node, object)
                : object.struct("metadata").struct("labels").text("kubernetes.io/service-name").equals(DNS)
                        && onlyOn(node, object) && write.before().stream().allMatch(before -> onlyOn(node, before));
        if (!ownName || !ownEndpoints) {
            throw refused(write, "can only write the place behind " + DNS + " of the node it is bound to");
        }
        Optional<Obj> its = listers.find(Listers.NODES, "", node);
        List<String> addresses = object.seq("endpoints").structs().stream()
                .flatMap(e -> e.seq("addresses").texts().stream()).toList();
        if (write.operation() != Operation.DELETE && !addresses.stream().allMatch(
                a -> its.stream().anyMatch(n -> isOf(n, a)))) {
            throw refused(write, "can only write addresses that its Node tells or that lie in the Node's podCIDRs, not "
                    + String.join(", ", addresses));
        }
    }

    /// Whether all endpoints of a slice are on this node. The name alone is ambiguous: the IPv6 slice of node `a` and
    /// the slice of node `a-ipv6` have the same name.
    private static boolean onlyOn(String node, Struct slice) {
        return slice.seq("endpoints").structs().stream().allMatch(e -> e.text("nodeName").equals(node));
    }

    /// Whether a node may serve DNS at an address: one of its own, or one in its part of the pod network.
    private static boolean isOf(Obj node, String address) {
        try {
            InetAddress wanted = InetAddress.ofLiteral(address);
            return node.status().seq("addresses").structs().stream().map(a -> a.text("address"))
                    .anyMatch(address::equals)
                    || node.spec().seq("podCIDRs").texts().stream().anyMatch(r -> Cidr.parse(r).contains(wanted));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static ApiFault refused(Write write, String why) {
        return ApiFault.forbidden(write.kind().gvr(), write.key().name(), why);
    }
}
