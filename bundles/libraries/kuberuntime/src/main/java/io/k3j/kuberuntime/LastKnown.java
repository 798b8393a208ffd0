package io.k3j.kuberuntime;

import io.k3j.apimachinery.JsonSize;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What was read last of each object, as long as there is room; those that nobody has asked for lately go first. Any
/// thread.
final class LastKnown {
    /// Of all together, as JSON.
    static final long MOST_BYTES = 16 << 20;
    private final Map<Id, Kept> all = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    private record Id(Gvr resource, Key key) {
    }

    private record Kept(Obj object, long bytes) {
    }

    synchronized Optional<Obj> get(Gvr resource, Key key) {
        return Optional.ofNullable(all.get(new Id(resource, key))).map(Kept::object);
    }

    /// @param found empty: there is none any more
    synchronized Optional<Obj> keep(Gvr resource, Key key, Optional<Obj> found) {
        Id id = new Id(resource, key);
        Kept before = all.remove(id);
        bytes -= before == null ? 0 : before.bytes;
        found.ifPresent(object -> {
            long size = JsonSize.atLeast(object.tree(), MOST_BYTES);
            all.put(id, new Kept(object, size));
            bytes += size;
        });
        for (Iterator<Kept> oldest = all.values().iterator(); bytes > MOST_BYTES; oldest.remove()) {
            bytes -= oldest.next().bytes;
        }
        return found;
    }
}
