package io.k3j.streaming;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How much that came through tunnels and that nobody has read yet one process holds: an eighth of its heap. From half
/// of that on, connections ask their other end to pause sooner; beyond it, connections of the tunnel that holds most
/// are cut off, those first whose readers have stayed away longest: whoever fills it with what one node sends costs
/// the other nodes nothing. Any thread; nothing blocks.
///
/// One for a process, or for each part of it that keeps tunnels.
public final class UnreadBudget {
    /// The part of the heap, as a divisor.
    private static final int HEAP_PART = 8;
    /// The part from which on it is scarce, as a divisor.
    private static final int SCARCE_PART = 2;
    /// What the heap has for a piece besides its bytes: the array's head and its place in a queue.
    private static final int PIECE_BYTES = 32;

    private final long most;
    /// What each connection holds, the one whose reader has come last at the end; guarded by this, as is the sum.
    private final Map<TunnelConnection, Long> unread = new LinkedHashMap<>();
    private long all;

    /// Nothing held yet.
    /// @param heapBytes the most the heap may become
    public UnreadBudget(long heapBytes) {
        this.most = heapBytes / HEAP_PART;
    }

    /// With more bytes than this unread a connection is to pause now.
    synchronized int pauseAbove() {
        return all > most / SCARCE_PART ? TunnelConnection.PAUSE_ABOVE_WHEN_SCARCE : TunnelConnection.PAUSE_ABOVE;
    }

    /// A piece of so many bytes waits for the connection's reader.
    synchronized void came(TunnelConnection connection, int bytes) {
        long cost = bytes + PIECE_BYTES;
        unread.merge(connection, cost, Long::sum);
        all += cost;
    }

    /// The reader has taken bytes of the first piece.
    /// @param whole whether that was its end
    synchronized void read(TunnelConnection connection, int bytes, boolean whole) {
        Long held = unread.remove(connection);
        if (held != null) {
            long cost = bytes + (whole ? PIECE_BYTES : 0);
            all -= cost;
            if (held > cost) {
                unread.put(connection, held - cost);
            }
        }
    }

    /// Nothing of the connection waits any more.
    synchronized void forget(TunnelConnection connection) {
        Long held = unread.remove(connection);
        if (held != null) {
            all -= held;
        }
    }

    /// Cuts connections off until what the others hold fits. To be called without the lock of any connection.
    void relieve() {
        for (TunnelConnection eldest = tooMuch(); eldest != null; eldest = tooMuch()) {
            eldest.cut("cut off: too much waited unread in all tunnels, and this had not been read for longest");
        }
    }

    private synchronized @Nullable TunnelConnection tooMuch() {
        if (all <= most) {
            return null;
        }
        Map<TunnelSession, Long> tunnels = new IdentityHashMap<>();
        unread.forEach((connection, held) -> tunnels.merge(connection.session(), held, Long::sum));
        long fullest = Collections.max(tunnels.values());
        return unread.keySet().stream()
                .filter(connection -> tunnels.getOrDefault(connection.session(), 0L) == fullest).findFirst()
                .orElse(null);
    }

    /// What is held now, in bytes.
    synchronized long held() {
        return all;
    }
}
