package io.k3j.admissioncore;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.util.Set;

/// The Service of the cluster's DNS as nodes make it, whose questions stay on the node that asks. Pure.
final class DnsService {
    /// What the network identity of a node may set, beside addresses and their families.
    private static final Set<String> FIELDS = Set.of("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "ports",
            "internalTrafficPolicy", "type", "sessionAffinity");
    private static final Set<String> LABELS = Set.of("k8s-app", "kubernetes.io/cluster-service", "kubernetes.io/name");
    private static final Set<String> PORTS = Set.of("dns/UDP/53/53", "dns-tcp/TCP/53/53", "metrics/TCP/9153/9153");

    private DnsService() {
    }

    /// Whether it is that Service and nothing beside.
    static boolean isPlain(Struct service) {
        Struct metadata = service.struct("metadata");
        Struct spec = service.struct("spec");
        return LABELS.containsAll(metadata.struct("labels").names()) && metadata.seq("ownerReferences").isEmpty()
                && metadata.seq("finalizers").isEmpty() && FIELDS.containsAll(spec.names())
                && spec.text("type", "ClusterIP").equals("ClusterIP")
                && spec.text("internalTrafficPolicy").equals("Local")
                && spec.text("sessionAffinity", "None").equals("None")
                && spec.seq("ports").structs().stream().allMatch(DnsService::known);
    }

    /// Whether a node may serve DNS at an address: one of its own, or one in its part of the pod network.
    static boolean isOf(Obj node, String address) {
        try {
            InetAddress wanted = InetAddress.ofLiteral(address);
            return node.status().seq("addresses").structs().stream().map(a -> a.text("address"))
                    .anyMatch(address::equals)
                    || node.spec().seq("podCIDRs").texts().stream().anyMatch(r -> Cidr.parse(r).contains(wanted));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean known(Struct port) {
        return PORTS.contains(port.text("name") + "/" + port.text("protocol") + "/" + port.whole("port", 0) + "/"
                + port.whole("targetPort", 0));
    }
}
