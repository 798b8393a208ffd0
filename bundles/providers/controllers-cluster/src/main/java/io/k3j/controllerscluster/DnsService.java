package io.k3j.controllerscluster;

import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// Keeps the Service `kube-system/kube-dns` at the cluster's DNS address. It selects nothing: each node publishes its
/// own DNS as an EndpointSlice behind it, and the policy `Local` leads the questions of a node to that one only. It is
/// made anew when it is deleted or has another address, which no Service can change; what else somebody changes stays.
final class DnsService implements Reconciler {
    private static final Key SERVICE = new Key("kube-system", "kube-dns");
    private static final WriteOptions OURS = WriteOptions.PLAIN.by("cluster-dns").forced();
    private static final int METRICS = 9153;
    private static final Seq PORTS = Seq.of(port("dns", "UDP", 53), port("dns-tcp", "TCP", 53),
            port("metrics", "TCP", METRICS));
    private final LiveView services;
    private final List<String> clusterIps;

    private DnsService(ControllerContext context, List<String> clusterIps) {
        this.services = context.views().of(BuiltinResources.SERVICES,
                Query.in(SERVICE.namespace()).where("metadata.name", SERVICE.name()));
        this.clusterIps = clusterIps;
    }

    /// @param clusterIps at most one of each family
    static void add(ControllerContext context, List<String> clusterIps) {
        DnsService all = new DnsService(context, clusterIps);
        context.loop("cluster-dns-controller", "cluster-dns-controller", 1, all).on(all.services).queue().add(SERVICE);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> there = services.get(SERVICE);
        if (there.isPresent() && elsewhere(there.get())) {
            if (!there.get().terminating()) {
                writer.delete(BuiltinResources.SERVICES, there.get());
            }
        } else if (there.filter(s -> s.spec().seq("clusterIPs").texts().equals(clusterIps)
                && s.spec().seq("ports").size() == PORTS.size()).isEmpty()) {
            writer.patch(BuiltinResources.SERVICES, SERVICE, new Patch.Apply(service()), OURS);
        }
        return Requeue.NEVER;
    }

    /// Whether it has another first address, as after a change of `--cluster-dns`. A second one comes and goes.
    private boolean elsewhere(Obj service) {
        String address = service.spec().text("clusterIP");
        try {
            return !address.isEmpty()
                    && !InetAddress.ofLiteral(address).equals(InetAddress.ofLiteral(clusterIps.getFirst()));
        } catch (IllegalArgumentException none) {
            return !address.equals(clusterIps.getFirst());
        }
    }

    private Struct service() {
        Struct labels = Struct.of("k8s-app", "kube-dns", "kubernetes.io/cluster-service", "true", "kubernetes.io/name",
                "CoreDNS");
        Struct spec = Struct.of("clusterIP", clusterIps.getFirst(), "clusterIPs", Seq.copyOf(clusterIps), "ports",
                PORTS, "internalTrafficPolicy", "Local", "type", "ClusterIP", "ipFamilyPolicy",
                clusterIps.size() > 1 ? "RequireDualStack" : "SingleStack");
        return Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", SERVICE.name(), "namespace", SERVICE.namespace(), "labels", labels, "annotations",
                        Struct.of("prometheus.io/port", Integer.toString(METRICS), "prometheus.io/scrape", "true")),
                "spec", spec);
    }

    private static Struct port(String name, String protocol, int number) {
        return Struct.of("name", name, "protocol", protocol, "port", number, "targetPort", number);
    }
}
