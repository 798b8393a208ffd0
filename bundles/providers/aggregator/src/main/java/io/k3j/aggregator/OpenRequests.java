package io.k3j.aggregator;

import java.util.HashMap;
import java.util.Map;

/// The requests that are with other servers now: so many in all, of one user and to one server, so that one that hangs
/// takes its own share only. A server that has begun to answer does not hang, and answers of watches have no end: all
/// pods of a DaemonSet are one user, and each may watch. So the narrow shares are of requests that wait for an answer;
/// with answers under way one user or server may have most places, never all. Thread-safe.
final class OpenRequests {
    /// What a request may come to in memory, in bytes: its thread, TLS, its buffers.
    static final int BYTES = 128 << 10;
    /// The part of the heap that all may take, as a divisor.
    private static final int HEAP_PART = 8;
    private final int most;
    private final Map<String, Share> open = new HashMap<>();
    private int all;

    /// @param heapBytes the most the heap may become
    OpenRequests(long heapBytes) {
        most = Math.clamp(heapBytes / HEAP_PART / BYTES, 8, Integer.MAX_VALUE);
    }

    /// How many of one user may wait for an answer.
    int mostPerUser() {
        return most / 4;
    }

    /// How many may wait for one server.
    int mostPerServer() {
        return most / 2;
    }

    /// How many one user may have, and one server, those that are being answered among them.
    int mostOfOne() {
        return most - most / 4;
    }

    /// What one user or server has.
    private static final class Share {
        private int waiting;
        private int all;
    }

    /// A request; closing it frees its place.
    interface Place extends AutoCloseable {
        /// Its answer has begun.
        void answered();

        @Override
        void close();
    }

    /// Begins one.
    /// @throws io.k3j.clientapi.ApiFault 429 when there are too many
    synchronized Place begin(String user, String server) {
        String byUser = "user \"" + user + "\"";
        String byServer = "APIService \"" + server + "\"";
        check(byUser, mostPerUser());
        check(byServer, mostPerServer());
        if (all >= most) {
            throw ApiService.tooMany("this server", most);
        }
        all++;
        return new Taken(byUser, byServer);
    }

    private void check(String name, int mostWaiting) {
        Share share = open.get(name);
        if (share != null && share.waiting >= mostWaiting) {
            throw ApiService.tooMany(name, mostWaiting);
        }
        if (share != null && share.all >= mostOfOne()) {
            throw ApiService.tooMany(name, mostOfOne());
        }
    }

    private final class Taken implements Place {
        private final String user;
        private final String server;
        private boolean waiting = true;
        private boolean ended;

        Taken(String user, String server) {
            this.user = user;
            this.server = server;
            change(1, 1);
        }

        private void change(int waits, int there) {
            change(user, waits, there);
            change(server, waits, there);
        }

        private void change(String name, int waits, int there) {
            Share share = open.computeIfAbsent(name, n -> new Share());
            share.waiting += waits;
            share.all += there;
            if (share.all == 0) {
                open.remove(name);
            }
        }

        @Override
        public void answered() {
            synchronized (OpenRequests.this) {
                if (waiting) {
                    waiting = false;
                    change(-1, 0);
                }
            }
        }

        @Override
        public void close() {
            synchronized (OpenRequests.this) {
                if (!ended) {
                    ended = true;
                    answered();
                    change(0, -1);
                    all--;
                }
            }
        }
    }
}
