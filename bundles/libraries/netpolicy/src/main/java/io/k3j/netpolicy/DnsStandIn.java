package io.k3j.netpolicy;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The cluster's DNS runs in the nodes' processes and has no pod, but people write policies that let pods reach the one
/// that others have: `kube-system`, `k8s-app: kube-dns`. Endpoints of `kube-dns` that are no pods stand for it.
public final class DnsStandIn {
    /// Where it is.
    public static final String NAMESPACE = "kube-system";
    /// Its Service.
    public static final String SERVICE = "kube-dns";
    /// The label of EndpointSlices that names their Service.
    public static final String SERVICE_LABEL = "kubernetes.io/service-name";
    private static final int PORT = 53;

    private DnsStandIn() {
    }

    /// The pod that is none, without addresses where all endpoints are pods.
    ///
    /// @param slices of the namespace; those of other Services count for nothing
    /// @param node only its endpoints count, since each node asks its own; empty: all
    public static PolicyPod of(Collection<Obj> slices, String node) {
        TreeSet<String> addresses = new TreeSet<>();
        slices.stream().filter(s -> SERVICE.equals(s.labels().get(SERVICE_LABEL)))
                .flatMap(s -> s.tree().seq("endpoints").structs().stream()).filter(e -> counts(e, node))
                .forEach(e -> addresses.addAll(e.seq("addresses").texts()));
        return new PolicyPod(new Key(NAMESPACE, "*" + SERVICE), "", PolicyPod.STAND_IN, Map.of("k8s-app", SERVICE),
                PolicyPod.canonical(addresses),
                List.of(new PolicyPod.Port("dns", "udp", PORT), new PolicyPod.Port("dns-tcp", "tcp", PORT)), "");
    }

    private static boolean counts(Struct endpoint, String node) {
        return !endpoint.struct("targetRef").text("kind").equals("Pod")
                && (node.isEmpty() || endpoint.text("nodeName").equals(node));
    }
}
