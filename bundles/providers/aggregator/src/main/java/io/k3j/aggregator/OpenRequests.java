package io.k3j.aggregator;

import java.util.HashMap;
import java.util.Map;

/// The requests that are with other servers now: so many in all, of one user and to one server, so that one that hangs
/// takes its own share only. Thread-safe.
final class OpenRequests {
    /// What a request may come to in memory, in bytes: its thread, TLS, its buffers.
    static final int BYTES = 128 << 10;
    /// The part of the heap that all may take, as a divisor.
    private static final int HEAP_PART = 8;
    private final int most;
    private final Map<String, Integer> open = new HashMap<>();
    private int all;

    /// @param heapBytes the most the heap may become
    OpenRequests(long heapBytes) {
        most = Math.clamp(heapBytes / HEAP_PART / BYTES, 8, Integer.MAX_VALUE);
    }

    /// How many one user may have.
    int mostPerUser() {
        return most / 4;
    }

    /// How many one server may have.
    int mostPerServer() {
        return most / 2;
    }

    /// A request; closing it frees its place.
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /// Begins one.
    /// @throws io.k3j.clientapi.ApiFault 429 when there are too many
    synchronized Place begin(String user, String server) {
        String byUser = "user \"" + user + "\"";
        String byServer = "APIService \"" + server + "\"";
        if (open.getOrDefault(byUser, 0) >= mostPerUser()) {
            throw ApiService.tooMany(byUser, mostPerUser());
        }
        if (open.getOrDefault(byServer, 0) >= mostPerServer()) {
            throw ApiService.tooMany(byServer, mostPerServer());
        }
        if (all >= most) {
            throw ApiService.tooMany("this server", most);
        }
        all++;
        open.merge(byUser, 1, Integer::sum);
        open.merge(byServer, 1, Integer::sum);
        return () -> end(byUser, byServer);
    }

    private synchronized void end(String user, String server) {
        all--;
        open.computeIfPresent(user, (k, n) -> n > 1 ? n - 1 : null);
        open.computeIfPresent(server, (k, n) -> n > 1 ? n - 1 : null);
    }
}
