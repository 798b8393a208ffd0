package io.k3j.edge;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/// The bytes of requests' bodies that wait for their readers, of all connections of one port. Where they are more than
/// the port may hold, the body of which nothing was taken for longest gives up what it has: an endpoint that wants a
/// body takes of it all the time, however slowly its client sends, while of what nobody wants nothing ever goes. For
/// any thread.
final class UnreadBodies {
    private final long most;
    /// By when something was taken of them last, or by their first byte.
    private final LinkedHashMap<RequestBody, Long> waiting = new LinkedHashMap<>();
    private long bytes;

    /// @param most how many bytes may wait
    UnreadBodies(long most) {
        this.most = most;
    }

    /// Counts bytes that have come for a body.
    synchronized void came(RequestBody body, int more) {
        waiting.merge(body, (long) more, Long::sum);
        bytes += more;
    }

    /// Counts bytes that its reader has taken. Without effect on a body that has gone.
    synchronized void taken(RequestBody body, int fewer) {
        @Nullable
        Long before = waiting.remove(body);
        if (before == null) {
            return;
        }
        bytes -= fewer;
        if (before > fewer) {
            waiting.put(body, before - fewer);
        }
    }

    /// Forgets a body.
    synchronized void gone(RequestBody body) {
        @Nullable
        Long before = waiting.remove(body);
        bytes -= before == null ? 0 : before;
    }

    /// The body that has to give up what it has, null while there is room.
    synchronized @Nullable RequestBody excess() {
        return bytes > most ? waiting.keySet().iterator().next() : null;
    }

    /// All that waits.
    synchronized long bytes() {
        return bytes;
    }
}
