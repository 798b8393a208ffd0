package io.k3j.nodestatus;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Times;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The node's lease, by which the control plane knows that its kubelet lives:
/// <https://kubernetes.io/docs/concepts/architecture/leases/#node-heart-beats>. For one thread; blocks for its calls.
///
/// The node lifecycle controller takes a node for `Unknown` when its lease has not been renewed for
/// `--node-monitor-grace-period`; the duration that is written here decides nothing.
final class NodeLease {
    static final Gvr LEASES = new Gvr("coordination.k8s.io", "v1", "leases");
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final String NAMESPACE = "kube-node-lease";
    /// A round of [NodeLoop] that comes a little early renews all the same: the next one may be ten seconds away.
    static final Duration SLACK = Duration.ofMillis(500);
    private final ApiClient api;
    private final TimeSource clock;
    private final Duration duration;
    /// On the monotonic clock; the epoch is before everything, so the first round renews.
    private Instant renewed = Instant.EPOCH;

    /// @param clock both of its clocks: one decides, the other is written down
    /// @param duration that is written down, in seconds
    NodeLease(ApiClient api, TimeSource clock, Duration duration) {
        this.api = api;
        this.clock = clock;
        this.duration = duration;
    }

    /// Between two renewals: a quarter of what the lease lasts, as upstream has it, so that more than one may fail.
    Duration every() {
        return duration.dividedBy(4);
    }

    /// Renews the lease when it is time since the last one, whatever the time of day. What fails is told in the log
    /// only, and tried again at the next round.
    /// @param node as the API server has it; its uid makes it the lease's owner
    void renew(Obj node) {
        Instant now = clock.monotonic().instant();
        if (Duration.between(renewed, now).compareTo(every().minus(SLACK)) < 0) {
            return;
        }
        try {
            write(node);
            renewed = now;
        } catch (ApiFault e) {
            // the namespace comes a moment after the server
            LOG.log(System.Logger.Level.DEBUG, "Lease of node={0}: {1}", node.name(), e.getMessage());
        }
    }

    /// The lease that is there is replaced with what else it holds. Its owner is the Node, so that it goes with it. A
    /// conflict is an [ApiFault]: nobody else writes it, but an earlier kubelet may.
    private void write(Obj node) {
        Key key = new Key(NAMESPACE, node.name());
        Struct spec = Struct.of("holderIdentity", node.name(), "leaseDurationSeconds",
                duration.toSeconds(), "renewTime", Times.micros(clock.instant()));
        Optional<Obj> there = api.find(LEASES, key);
        if (there.isPresent()) {
            api.update(LEASES, there.get().with(spec, "spec"), WriteOptions.PLAIN);
            return;
        }
        Struct owner = Struct.of("apiVersion", "v1", "kind", "Node", "name", node.name(), "uid", node.uid());
        api.create(LEASES, Obj.of(Struct.of("apiVersion", "coordination.k8s.io/v1", "kind", "Lease",
                "metadata", Struct.of("name", node.name(), "namespace", NAMESPACE, "ownerReferences", Seq.of(owner)),
                "spec", spec)), WriteOptions.PLAIN);
    }
}
