package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Times;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The node's lease, by which the control plane knows that its kubelet lives:
/// <https://kubernetes.io/docs/concepts/architecture/leases/#node-heart-beats>. For one thread; blocks for its calls.
final class NodeLease {
    static final Duration EVERY = Duration.ofSeconds(10);
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final String NAMESPACE = "kube-node-lease";
    private static final Duration SLACK = Duration.ofMillis(500);
    private final ApiClient api;
    private final TimeSource clock;
    private Instant renewed = Instant.EPOCH;

    NodeLease(ApiClient api, TimeSource clock) {
        this.api = api;
        this.clock = clock;
    }

    /// Renews the lease when ten seconds have passed since the last time, whatever the time of day.
    void renew(Obj node) {
        Instant now = clock.monotonic().instant();
        if (Duration.between(renewed, now).compareTo(EVERY.minus(SLACK)) < 0) {
            return;
        }
        try {
            write(node);
            renewed = now;
        } catch (ApiFault e) {
            // the namespace comes a moment after the server
            LOG.log(System.Logger.Level.DEBUG, "lease of node={0}: {1}", node.name(), e.getMessage());
        }
    }

    private void write(Obj node) {
        Key key = new Key(NAMESPACE, node.name());
        Struct spec = Struct.of("holderIdentity", node.name(), "leaseDurationSeconds", 40, "renewTime",
                Times.micros(clock.instant()));
        Optional<Obj> there = api.find(References.LEASES, key);
        if (there.isPresent()) {
            api.update(References.LEASES, there.get().with(spec, "spec"), WriteOptions.PLAIN);
            return;
        }
        Struct owner = Struct.of("apiVersion", "v1", "kind", "Node", "name", node.name(), "uid", node.uid());
        api.create(References.LEASES, Obj.of(Struct.of("apiVersion", "coordination.k8s.io/v1", "kind", "Lease",
                "metadata", Struct.of("name", node.name(), "namespace", NAMESPACE, "ownerReferences", Seq.of(owner)),
                "spec", spec)), WriteOptions.PLAIN);
    }
}
