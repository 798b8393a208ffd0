package io.k3j.aggregator;

import io.k3j.apiserverapi.Caller;
import io.k3j.componentbase.Termination;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.kubeletclient.ResponseHead;
import io.k3j.webhookclient.ServiceEndpoints.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Asks the server behind an APIService for its resources, several times side by side, as upstream: whoever answers
/// first counts, so one dead replica among others takes no API away. Upstream begins all attempts at once; here the
/// next one begins when one has failed or says nothing for a moment, since most servers answer the first. Any thread.
final class DiscoveryAttempts implements AutoCloseable {
    /// Upstream's number of attempts.
    static final int MOST = 5;
    /// Upstream's limit of the discovery check; for all attempts together.
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration MOMENT = Duration.ofMillis(500);
    /// What is interrupted ends at once, dialling too.
    private static final Duration ENDING = Duration.ofSeconds(5);
    private static final int MOST_BYTES = 4 << 20;
    private static final Caller SELF = Caller.of("system:kube-aggregator", List.of("system:masters"));
    private final BackendDialer backends;
    private final Set<Round> rounds = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    DiscoveryAttempts(BackendDialer backends) {
        this.backends = backends;
    }

    /// What one has come to.
    private record Outcome(byte @Nullable [] body, @Nullable IOException failure) {
    }

    /// The answer of the first that gives one.
    /// @param path the document
    /// @param where how its address is named in messages
    /// @throws IOException when none does: of several failures the first by its text, so that what stays the same is
    /// told in the same words
    byte[] ask(ApiService s, String path, String where) throws IOException {
        Round round = new Round(s, backends.endpoints().now(s), path, where);
        rounds.add(round);
        try (round) {
            if (closed) {
                throw canceled();
            }
            return round.first();
        } finally {
            rounds.remove(round);
        }
    }

    private static IOException canceled() {
        return new IOException("context canceled");
    }

    /// Ends those under way.
    @Override
    public void close() {
        closed = true;
        rounds.forEach(r -> r.connections.cut());
    }

    /// The attempts of one check; of the checking thread.
    private final class Round implements AutoCloseable {
        private final BackendConnections connections = new BackendConnections(LIMIT);
        private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
        private final List<Thread> attempts = new ArrayList<>();
        private final long end = System.nanoTime() + LIMIT.toNanos();
        private final ApiService to;
        private final List<Endpoint> some;
        private final String path;
        private final String where;

        Round(ApiService to, List<Endpoint> some, String path, String where) {
            this.to = to;
            this.some = some;
            this.path = path;
            this.where = where;
        }

        byte[] first() throws IOException {
            IOException failure = null;
            for (int ended = 0; ended < MOST;) {
                boolean over = connections.over() || System.nanoTime() - end >= 0;
                if (!over && attempts.size() < MOST) {
                    begin(some.get(attempts.size() % some.size()));
                } else if (ended == attempts.size() || over) {
                    break;
                }
                Outcome one = next();
                if (one != null && one.body != null) {
                    return one.body;
                }
                ended += one == null ? 0 : 1;
                failure = one == null ? failure : least(failure, one.failure);
            }
            throw failure != null ? failure : connections.told(canceled());
        }

        private void begin(Endpoint one) {
            attempts.add(Thread.ofVirtual().name("aggregator-check").start(() -> outcomes.add(outcome(one))));
        }

        private @Nullable Outcome next() throws IOException {
            long left = end - System.nanoTime();
            try {
                return outcomes.poll(attempts.size() < MOST ? Math.min(MOMENT.toNanos(), left) : left,
                        TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw canceled();
            }
        }

        private @Nullable IOException least(@Nullable IOException a, @Nullable IOException b) {
            return a == null || b != null && String.valueOf(b.getMessage())
                    .compareTo(String.valueOf(a.getMessage())) < 0 ? b : a;
        }

        private Outcome outcome(Endpoint one) {
            try {
                ByteDuplex back = backends.open(to, List.of(one), connections);
                return new Outcome(answer(back), null);
            } catch (IOException e) {
                return new Outcome(null, connections.told(e));
            } catch (RuntimeException e) {
                return new Outcome(null, new IOException(e.getMessage(), e));
            }
        }

        private byte[] answer(ByteDuplex back) throws IOException {
            OwnRequest request = OwnRequest.get(path);
            ResponseHead head = request.send(back, to, SELF);
            if (head.status() / 100 != 2) {
                throw new IOException("bad status from " + where + ": " + head.status());
            }
            return request.body(back, head, MOST_BYTES);
        }

        @Override
        public void close() {
            connections.close();
            attempts.forEach(a -> Termination.of(a, ENDING));
        }
    }
}
