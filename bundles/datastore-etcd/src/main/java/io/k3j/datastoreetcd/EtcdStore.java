package io.k3j.datastoreetcd;

import io.k3j.componentapi.Health;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Count;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.datastoreapi.Watch;
import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdEndpoints;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdScheme;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A [Datastore] in an etcd cluster. See the package.
public final class EtcdStore implements Datastore, AutoCloseable {
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(2);
    private static final Duration SCHEME_LIMIT = Duration.ofMillis(500);
    private static final Duration FENCE_LIMIT = Duration.ofSeconds(1);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);
    private final EtcdClient client;
    private final EtcdKv kv;
    private final Gate gate;
    private final Attempts attempts;
    private final Tail tail;
    private final Compactions compactions;
    private final History history;
    private final Reads reads;
    private final Commits commits;
    private final Feed feed;

    // its parts
    @SuppressWarnings("checkstyle:ParameterNumber")
    private EtcdStore(EtcdClient client, long newest, Gate gate, Attempts attempts, Consumer<String> trouble,
            Health health) {
        this.client = client;
        this.gate = gate;
        this.attempts = attempts;
        kv = new EtcdKv(client);
        tail = new Tail(newest);
        compactions = new Compactions(client, attempts);
        history = new History(client, compactions, tail);
        reads = new Reads(kv, attempts, compactions, tail);
        commits = new Commits(kv, attempts, history, tail, gate);
        feed = new Feed(client, tail, compactions, gate, trouble, health);
    }

    /// Connects. `trouble` hears, while the store is open, why the cluster does not answer, and the empty text
    /// whenever it does.
    /// @throws DatastoreUnavailable when it does not answer within two seconds
    /// @throws IllegalArgumentException when that is because a member speaks TLS behind `http`, or none behind `https`
    public static EtcdStore open(EtcdEndpoints endpoints, Consumer<String> trouble) {
        return open(endpoints, trouble, Health.none());
    }

    /// The same; the thread that follows the cluster reports to `health`.
    static EtcdStore open(EtcdEndpoints endpoints, Consumer<String> trouble, Health health) {
        EtcdClient client = EtcdClient.of(endpoints, "etcd");
        Gate gate = new Gate();
        Attempts attempts = new Attempts(gate, () -> client.size() > 1);
        try {
            long newest = attempts.call("open", OPEN_LIMIT,
                    limit -> new EtcdKv(client).count(Compactions.NOTHING, 0, limit).revision());
            EtcdStore store = new EtcdStore(client, newest, gate, attempts, trouble, health);
            store.compactions.current();
            store.feed.start();
            return store;
        } catch (EtcdFailure refused) {
            client.close();
            throw Attempts.unavailable("open", refused, false);
        } catch (DatastoreUnavailable silent) {
            client.close();
            EtcdScheme.wrong(endpoints, SCHEME_LIMIT).ifPresent(wrong -> {
                throw new IllegalArgumentException(wrong);
            });
            throw silent;
        }
    }

    /// Who looks after the way to the member at these endpoints, from which this store was opened.
    Home home(EtcdEndpoints own) {
        return new Home(client, own, attempts);
    }

    /// Where it goes now; empty while it has no connection.
    Optional<URI> at() {
        return client.at();
    }

    /// Asks for the members and goes from now on to those that vote, wherever it went before.
    /// @throws EtcdFailure when it is refused
    /// @throws DatastoreUnavailable when nobody answers
    List<EtcdCluster.Member> follow() {
        List<EtcdCluster.Member> members = attempts.call("ask for the members", OPEN_LIMIT,
                limit -> new EtcdCluster(client).members(limit));
        List<URI> voters = members.stream().filter(m -> !m.learner()).flatMap(m -> m.clientUrls().stream())
                .map(URI::create).toList();
        if (!voters.isEmpty()) {
            client.follow(voters);
        }
        return members;
    }

    @Override
    public CommitResult commit(String key, long expected, byte[] value, Duration timeToLive,
            Unchanged... alsoUnchanged) {
        check(key);
        return commits.carryOut(new Commits.Wish(key, expected, value, timeToLive, List.of(alsoUnchanged)));
    }

    @Override
    public CommitResult delete(String key, long expected, Unchanged... alsoUnchanged) {
        check(key);
        if (expected <= 0) {
            throw new IllegalArgumentException("a deletion names the revision it deletes, not " + expected);
        }
        return commits.carryOut(new Commits.Wish(key, expected, null, Duration.ZERO, List.of(alsoUnchanged)));
    }

    private static void check(String key) {
        if (key.isEmpty() || Changes.reserved(key)) {
            throw new IllegalArgumentException("not a key for values: '" + key + "'");
        }
    }

    @Override
    public Optional<Entry> get(String key) {
        return reads.get(key, 0);
    }

    @Override
    public Optional<Entry> get(String key, long revision) {
        return reads.get(key, Math.max(1, revision));
    }

    @Override
    public Page range(String prefix, String start, int limit, long revision) {
        return reads.range(prefix, start, limit, revision);
    }

    @Override
    public Count count(String prefix) {
        return reads.count(prefix);
    }

    @Override
    public Watch watch(String prefix, long afterRevision) {
        gate.check();
        if (tail.outdated(afterRevision)) {
            throw new Compacted(tail.told());
        }
        if (afterRevision < compactions.known()) {
            throw new Compacted(compactions.known());
        }
        if (afterRevision < tail.forgottenUpTo()) {
            verify(afterRevision);
        }
        return new LogWatch(prefix, afterRevision, tail, history, gate);
    }

    /// Whether history still begins at or before this revision, which this store's memory does not hold.
    private void verify(long revision) {
        try {
            attempts.call("watch", OPEN_LIMIT, limit -> kv.count(Compactions.NOTHING, Math.max(1, revision), limit));
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.COMPACTED) {
                throw new Compacted(compactions.current());
            }
            throw Attempts.unavailable("watch", e, false);
        }
    }

    @Override
    public long revision() {
        long deadline = System.nanoTime() + FENCE_LIMIT.toNanos();
        try {
            long newest = attempts.call("read the newest revision", FENCE_LIMIT,
                    limit -> kv.count(Compactions.NOTHING, 0, limit).revision());
            tail.seen(newest);
            // so that watches hold what the answer promises
            if (tail.awaitAfter(newest - 1, deadline - System.nanoTime(), gate::closed)) {
                return newest;
            }
            throw new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, "etcd does not tell its changes");
        } catch (EtcdFailure e) {
            throw Attempts.unavailable("read the newest revision", e, false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatastoreUnavailable("read the newest revision: interrupted", e, false);
        }
    }

    @Override
    public long compactRevision() {
        return compactions.current();
    }

    @Override
    public long compact(long revision) {
        return compactions.compact(Math.min(revision, revision()));
    }

    @Override
    public long size() {
        try {
            return attempts.call("size", OPEN_LIMIT, limit -> new EtcdCluster(client).status(limit).bytes());
        } catch (EtcdFailure e) {
            throw Attempts.unavailable("size", e, false);
        }
    }

    /// Finishes the commits under way, ends watches and the connection.
    @Override
    public void close() {
        gate.close(CLOSE_LIMIT);
        tail.wake();
        feed.close();
        client.close();
    }
}
