package io.k3j.apiserver;

import io.k3j.apiserver.Seats.Lane;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.watchcache.Item;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The uids of flow schemas and priority levels that every answer names: those of the objects where they are stored,
/// else constant ones. A `kubectl` that does not see them slows itself down. For any thread.
final class FlowUids {
    /// Before it is known who asks.
    static final Flow NONE = new Flow("", "", Lane.WORKLOAD);
    private static final String GROUP = "flowcontrol.apiserver.k8s.io";
    private static final Gvr SCHEMAS = new Gvr(GROUP, "v1", "flowschemas");
    private static final Gvr LEVELS = new Gvr(GROUP, "v1", "prioritylevelconfigurations");
    private final Core core;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();

    /// How one request is queued: the uids, and whose seats it uses.
    record Flow(String schema, String level, Lane lane) {
    }

    private record Seen(@Nullable Item item, String uid) {
    }

    FlowUids(Core core) {
        this.core = core;
    }

    /// The flow of a schema.
    Flow of(FlowSchema schema) {
        return new Flow(uid(SCHEMAS, schema.schema()), uid(LEVELS, schema.level()), schema.lane());
    }

    private String uid(Gvr resource, String name) {
        String key = "/registry/" + resource.resource() + "/" + name;
        Item now = core.log().newest().tree().get(key);
        Seen known = seen.get(key);
        if (known == null || known.item != now) {
            known = new Seen(now, now == null ? constant(key) : stored(now));
            seen.put(key, known);
        }
        return known.uid;
    }

    /// A row that cannot be read has no uid that a client could look up: no reason to fail a request.
    private static String stored(Item item) {
        Item readable = item.readable();
        try {
            return readable == null ? constant(item.storeKey()) : readable.head().uid();
        } catch (ApiFault damaged) {
            return constant(item.storeKey());
        }
    }

    private static String constant(String key) {
        return UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
