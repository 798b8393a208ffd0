package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/// Events about Nodes as K3s' supervisor writes them: the Node is referred to by its name in place of its uid, as
/// kubelets do.
final class NodeEvents {
    /// The component of most of them.
    static final String SUPERVISOR = "k3s-supervisor";
    private static final Gvr EVENTS = Gvr.of("v1", "events");

    private final String component;
    private final InstantSource clock;

    /// `component` is who says so.
    NodeEvents(String component, InstantSource clock) {
        this.component = component;
        this.clock = clock;
    }

    /// Writes one.
    ///
    /// @param warning whether it is no normal thing
    /// @throws io.k3j.clientapi.ApiFault when it cannot be written
    void write(ApiClient client, String node, String reason, String message, boolean warning) {
        Instant when = clock.instant();
        String now = when.truncatedTo(ChronoUnit.SECONDS).toString();
        String name = node + "." + Long.toHexString(when.toEpochMilli() * 1_000_000 + when.getNano() % 1_000_000);
        client.create(EVENTS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Event", "metadata",
                Struct.of("name", name, "namespace", "default"), "involvedObject",
                Struct.of("apiVersion", "v1", "kind", "Node", "name", node, "uid", node), "reason", reason, "message",
                message, "type", warning ? "Warning" : "Normal", "source",
                Struct.of("component", component, "host", node), "firstTimestamp", now, "lastTimestamp", now,
                "count", 1)), WriteOptions.PLAIN);
    }
}
