package io.k3j.cloudcontroller;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The cloud's data of a node, from the node's annotations. Pure.
final class CloudNode {
    static final String TAINT = "node.cloudprovider.kubernetes.io/uninitialized";
    private static final String TYPE = "node.kubernetes.io/instance-type";
    /// Labels of the cloud by the older names that they are written under, too.
    private static final Map<String, String> OLDER = Map.of(TYPE, "beta.kubernetes.io/instance-type",
            "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/region");
    /// Address types that a kubelet does not report itself: they stay as they were at initialization.
    private static final List<String> NAMES = List.of("InternalDNS", "ExternalDNS");
    private static final Map<String, String> ADDRESSES = Map.of("InternalIP", "k3s.io/internal-ip", "ExternalIP",
            "k3s.io/external-ip", "InternalDNS", "k3s.io/internal-dns", "ExternalDNS", "k3s.io/external-dns",
            "Hostname",
            "k3s.io/hostname");
    private static final List<String> ORDER = List.of("InternalIP", "ExternalIP", "InternalDNS", "ExternalDNS",
            "Hostname");

    private CloudNode() {
    }

    /// Whether a node waits for initialization.
    static boolean uninitialized(Obj node) {
        return !node.spec().seq("taints").find("key", TAINT).isEmpty();
    }

    /// The addresses that a node should have by its current annotations, which change with `--node-external-ip`.
    static Seq wanted(Obj node) {
        List<Struct> annotated = addresses(node).structs();
        if (uninitialized(node) || annotated.isEmpty()) {
            return Seq.copyOf(annotated);
        }
        List<Struct> all = new ArrayList<>(annotated.stream().filter(a -> !NAMES.contains(a.text("type"))).toList());
        node.status().seq("addresses").structs().stream().filter(a -> NAMES.contains(a.text("type")))
                .forEach(all::add);
        return Seq.copyOf(all);
    }

    /// Whether a node differs from its annotations.
    static boolean due(Obj node) {
        if (uninitialized(node)) {
            return true;
        }
        List<Struct> wanted = wanted(node).structs();
        List<Struct> present = node.status().seq("addresses").structs();
        return !wanted.isEmpty() && !present.isEmpty()
                && (wanted.size() != present.size() || !present.containsAll(wanted));
    }

    /// The addresses in a node's annotations; none before the node has written any.
    static Seq addresses(Obj node) {
        List<Struct> all = new ArrayList<>();
        for (String type : ORDER) {
            for (String address : node.annotations().getOrDefault(ADDRESSES.get(type), "").split(",")) {
                if (!address.isBlank()) {
                    all.add(Struct.of("type", type, "address", address.strip()));
                }
            }
        }
        return Seq.copyOf(all);
    }

    /// The node with its provider ID and instance type, and without the taint. What its labels say of type, zone and
    /// region is the cloud's word, and stands under the older names as well.
    static Obj initialized(Obj node) {
        List<Struct> taints = node.spec().seq("taints").structs().stream().filter(t -> !t.text("key").equals(TAINT))
                .toList();
        Obj next = taints.isEmpty() ? node.without("spec", "taints") : node.with(taints, "spec", "taints");
        next = next.spec().text("providerID").isEmpty() ? next.with("k3s://" + node.name(), "spec", "providerID")
                : next;
        next = next.labels().getOrDefault(TYPE, "").isEmpty() ? next.with("k3s", "metadata", "labels", TYPE) : next;
        for (Map.Entry<String, String> label : OLDER.entrySet()) {
            String value = next.labels().getOrDefault(label.getKey(), "");
            next = value.isEmpty() ? next : next.with(value, "metadata", "labels", label.getValue());
        }
        return next;
    }
}
