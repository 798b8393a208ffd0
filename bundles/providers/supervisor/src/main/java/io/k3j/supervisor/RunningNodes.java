package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Whether a node's kubelet is at work, as far as the API tells. In doubt it is: by its Ready condition, which the node
/// lifecycle controller makes `Unknown` when no heartbeat comes, whatever the clocks; and by its Lease, which is there
/// a moment earlier.
final class RunningNodes {
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    private static final Gvr LEASES = Gvr.of("coordination.k8s.io/v1", "leases");
    /// What kubelets write.
    private static final Duration LEASE = Duration.ofSeconds(40);

    private RunningNodes() {
    }

    /// Blocks on the API.
    /// @param until Nodes that were made later do not count
    /// @return false also without such a Node
    /// @throws io.k3j.clientapi.ApiFault when the API is not available
    static boolean contain(ApiClient client, String name, Instant until, Instant now) {
        Optional<Obj> node = client.find(NODES, Key.of(name));
        if (node.isEmpty() || time(node.get().tree().struct("metadata").text("creationTimestamp")).isAfter(until)) {
            return false;
        }
        String ready = node.get().status().seq("conditions").find("type", "Ready").text("status");
        return Set.of("True", "False").contains(ready) || client.find(LEASES, new Key("kube-node-lease", name))
                .map(Obj::spec).filter(lease -> lasting(lease, now)).isPresent();
    }

    private static boolean lasting(Struct lease, Instant now) {
        Instant renewed = time(lease.text("renewTime"));
        return renewed.isAfter(now.minusSeconds(lease.whole("leaseDurationSeconds", LEASE.toSeconds())));
    }

    /// @return the earliest one for a text that is none
    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException none) {
            return Instant.MIN;
        }
    }
}
