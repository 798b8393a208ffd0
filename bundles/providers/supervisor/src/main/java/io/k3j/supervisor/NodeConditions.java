package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Writes the condition `ConfigurationDrift` of this server's Node, and the Event with it.
final class NodeConditions {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    private static final String TYPE = "ConfigurationDrift";

    private final Supplier<@Nullable ApiClient> api;
    private final InstantSource clock;
    private final NodeEvents events;

    NodeConditions(Supplier<@Nullable ApiClient> api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
        this.events = new NodeEvents(NodeEvents.SUPERVISOR, clock);
    }

    /// Publishes `drift`, empty for none. A Node without the condition gets none while there is no drift.
    /// Blocks on the API.
    /// @return false when the API or the Node is not available; the caller tries again
    boolean publish(String node, String drift, boolean event) {
        ApiClient client = api.get();
        if (client == null) {
            return false;
        }
        try {
            Optional<Obj> found = client.find(NODES, Key.of(node));
            if (found.isEmpty()) {
                return false;
            }
            if (write(client, found.get(), drift) && event) {
                events.write(client, node, TYPE,
                        drift.isEmpty() ? "The server runs what the servers have agreed on" : drift, !drift.isEmpty());
            }
            return true;
        } catch (ApiFault fault) {
            LOG.log(Level.DEBUG, "Drift not told yet", fault);
            return false;
        }
    }

    private boolean write(ApiClient client, Obj node, String drift) {
        Seq conditions = node.tree().struct("status").seq("conditions");
        Struct before = conditions.find("type", TYPE);
        String status = drift.isEmpty() ? "False" : "True";
        if (before.text("status", "False").equals(status) && before.text("message").equals(drift)) {
            return false;
        }
        Struct condition = Struct.of("type", TYPE, "status", status, "reason",
                drift.isEmpty() ? "AsAgreed" : "FlagsDiffer", "message", drift, "lastHeartbeatTime", now(),
                "lastTransitionTime", now());
        Seq kept = Seq.EMPTY;
        for (Struct one : conditions.structs()) {
            kept = one.text("type").equals(TYPE) ? kept : kept.plus(one);
        }
        Struct tree = node.tree().withAt(kept.plus(condition), "status", "conditions");
        client.update(NODES, Obj.of(tree), WriteOptions.STATUS);
        return true;
    }

    private String now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
