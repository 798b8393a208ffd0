package io.k3j.flowcontrol;

import io.k3j.clientapi.ApiFault;
import io.k3j.flowcontrol.Seats.Lane;
import io.k3j.model.Gvr;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Item;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The uids of flow schemas and priority levels that every answer names: those of the objects where they are stored,
/// else constant ones. A `kubectl` that does not see them slows itself down. What is stored is looked up once a second
/// and not with each request. For any thread.
public final class FlowUids {
    /// Before it is known who asks.
    public static final Flow NONE = new Flow("", "", Lane.WORKLOAD);
    private static final String GROUP = "flowcontrol.apiserver.k8s.io";
    private static final Gvr SCHEMAS = new Gvr(GROUP, "v1", "flowschemas");
    private static final Gvr LEVELS = new Gvr(GROUP, "v1", "prioritylevelconfigurations");
    private static final long AGE_NANOS = 1_000_000_000;
    private final EventLog log;
    private final LongSupplier nanos;
    private final AtomicReferenceArray<@Nullable Seen> seen = new AtomicReferenceArray<>(FlowSchema.values().length);

    /// How one request is queued: the uids, and whose seats it uses.
    public record Flow(String schema, String level, Lane lane) {
    }

    private record Seen(Flow flow, long nanos) {
    }

    /// @param nanos a clock that never steps
    public FlowUids(EventLog log, LongSupplier nanos) {
        this.log = log;
        this.nanos = nanos;
    }

    /// The flow of a schema.
    public Flow of(FlowSchema schema) {
        long now = nanos.getAsLong();
        Seen known = seen.get(schema.ordinal());
        if (known == null || now - known.nanos > AGE_NANOS) {
            known = new Seen(new Flow(uid(SCHEMAS, schema.schema()), uid(LEVELS, schema.level()), schema.lane()), now);
            seen.set(schema.ordinal(), known);
        }
        return known.flow;
    }

    private String uid(Gvr resource, String name) {
        String key = "/registry/" + resource.resource() + "/" + name;
        Item now = log.newest().tree().get(key);
        return now == null ? constant(key) : stored(now);
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
