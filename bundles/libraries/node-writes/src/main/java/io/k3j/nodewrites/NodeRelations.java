package io.k3j.nodewrites;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodewrites.NodeRule.Change;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// The rules of `node-writes.txt` that look at other objects. For any thread; the first look at a resource blocks
/// until its view is synced.
final class NodeRelations {
    static final Gvr NODES = new Gvr("", "v1", "nodes");
    static final Gvr PODS = new Gvr("", "v1", "pods");
    private static final String DNS = "kube-dns";

    private NodeRelations() {
    }

    /// @throws ApiFault 404 when there is no such pod
    static Optional<String> ownPod(Change change) {
        Write write = change.write();
        Struct pod = write.before().orElseGet(() -> existing(change, write.key()).tree());
        return NodeRule.unless(pod.struct("spec").text("nodeName").equals(change.node()), "");
    }

    private static Obj existing(Change change, Key pod) {
        return change.world().find(PODS, pod.namespace(), pod.name())
                .orElseThrow(() -> ApiFault.notFound(PODS, pod.name()));
    }

    /// A node gets tokens for pods bound to it only, and for audiences that the pod names only.
    static Optional<String> token(Change change) {
        Struct request = change.object().struct("spec");
        Struct bound = request.struct("boundObjectRef");
        String name = bound.text("name");
        if (!bound.text("apiVersion").equals("v1") || !bound.text("kind").equals("Pod") || name.isEmpty()) {
            return Optional.of("node requested token not bound to a pod");
        }
        if (bound.text("uid").isEmpty()) {
            return Optional.of("node requested token with a pod binding without a uid");
        }
        Obj pod = existing(change, new Key(change.write().key().namespace(), name));
        if (!bound.text("uid").equals(pod.uid())) {
            return Optional.of("the UID in the bound object reference (" + bound.text("uid") + ") does not match the"
                    + " UID in record (" + pod.uid() + "). The object might have been deleted and then recreated");
        }
        if (!pod.spec().text("nodeName").equals(change.node())) {
            return Optional.of("node requested token bound to a pod scheduled on a different node");
        }
        return audience(change, request.seq("audiences").texts(), pod);
    }

    private static Optional<String> audience(Change change, List<String> audiences, Obj pod) {
        if (audiences.size() > 1) {
            return Optional.of("node may only request 0 or 1 audiences");
        }
        String wanted = audiences.isEmpty() ? "" : audiences.getFirst();
        return NodeRule.unless(TokenAudiences.of(pod, change.world()).contains(wanted),
                "audience \"" + wanted + "\" not found in pod spec volume");
    }

    /// A slice of the cluster's DNS that is the node's by its name, and by its endpoints: the name alone is ambiguous,
    /// since the IPv6 slice of node `a` and the slice of node `a-ipv6` have the same.
    static Optional<String> dnsSlice(Change change) {
        Write write = change.write();
        Struct slice = change.object();
        String name = DNS + "-" + change.node() + (slice.text("addressType").equals("IPv6") ? "-ipv6" : "");
        boolean named = write.key().equals(new Key("kube-system", name));
        boolean behindDns = write.operation() == Operation.DELETE
                || slice.struct("metadata").struct("labels").text("kubernetes.io/service-name").equals(DNS);
        return NodeRule.unless(named && behindDns && onlyOn(change.node(), slice)
                && write.before().stream().allMatch(before -> onlyOn(change.node(), before)), "");
    }

    private static boolean onlyOn(String node, Struct slice) {
        return slice.seq("endpoints").structs().stream().allMatch(e -> e.text("nodeName").equals(node));
    }

    /// The addresses at which the node may not serve: neither its own nor in its part of the pod network.
    static Optional<String> foreignAddresses(Change change) {
        Optional<Obj> its = change.world().find(NODES, "", change.node());
        List<String> foreign = change.after() instanceof Seq all
                ? all.texts().stream().filter(a -> its.stream().noneMatch(n -> isOf(n, a))).toList() : List.of();
        return NodeRule.unless(foreign.isEmpty(), String.join(", ", foreign));
    }

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
}
