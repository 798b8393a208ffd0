package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/// Writes Events about Nodes as K3s' supervisor does: `involvedObject.uid` is the Node's name, as in the
/// kubelet's Events.
final class NodeEvents {
    /// The source component of most of these Events.
    static final String SUPERVISOR = "k3s-supervisor";
    private static final Gvr EVENTS = Gvr.of("v1", "events");

    private final String component;
    private final InstantSource clock;

    /// @param component the source component
    NodeEvents(String component, InstantSource clock) {
        this.component = component;
        this.clock = clock;
    }

    /// Creates one Event. Blocks on the API.
    /// @param warning whether its type is `Warning` instead of `Normal`
    /// @return as it was stored
    /// @throws io.k3j.clientapi.ApiFault when it cannot be written
    Obj write(ApiClient client, String node, String reason, String message, boolean warning) {
        Instant instant = clock.instant();
        String now = instant.truncatedTo(ChronoUnit.SECONDS).toString();
        String name = node + "." + Long.toHexString(instant.toEpochMilli() * 1_000_000 + instant.getNano() % 1_000_000);
        return client.create(EVENTS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Event", "metadata",
                Struct.of("name", name, "namespace", "default"), "involvedObject",
                Struct.of("apiVersion", "v1", "kind", "Node", "name", node, "uid", node), "reason", reason, "message",
                message, "type", warning ? "Warning" : "Normal", "source",
                Struct.of("component", component, "host", node), "firstTimestamp", now, "lastTimestamp", now,
                "count", 1, "reportingComponent", component, "reportingInstance", node)), WriteOptions.PLAIN);
    }
}
