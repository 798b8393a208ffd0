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
import io.k3j.logtail.LogTail;
import io.k3j.logtail.LogWatch;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A [Datastore] in an etcd cluster; the package documentation explains how. Thread-safe.
public final class EtcdStore implements Datastore, AutoCloseable {
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(2);
    private static final Duration SCHEME_LIMIT = Duration.ofMillis(500);
    private static final Duration FENCE_LIMIT = Duration.ofSeconds(1);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);
    private final EtcdClient client;
    private final EtcdKv kv;
    private final Gate gate;
    private final Attempts attempts;
    private final LogTail tail;
    private final Compactions compactions;
    private final EtcdHistory history;
    private final EtcdReads reads;
    private final EtcdCommits commits;
    private final Feed feed;

    /// Whoever hears, while the store is open, what becomes of the cluster. Called by the thread that follows it.
    ///
    /// @param trouble receives why the cluster does not answer, and the empty text whenever it does
    /// @param wentBack ends the process, told why, when the cluster was restored to another state than the one that was
    ///        told of: nothing is read or written any more then. Without one, watches end and the store goes on
    public record Events(Consumer<String> trouble, Optional<Consumer<String>> wentBack) {
    }

    // one parameter for each part
    @SuppressWarnings("checkstyle:ParameterNumber")
    private EtcdStore(EtcdClient client, long newest, Gate gate, Attempts attempts, Events events, Health health) {
        this.client = client;
        this.gate = gate;
        this.attempts = attempts;
        kv = new EtcdKv(client);
        tail = new LogTail(newest);
        compactions = new Compactions(client, attempts);
        history = new EtcdHistory(client, compactions, tail);
        reads = new EtcdReads(kv, attempts, compactions, tail);
        commits = new EtcdCommits(kv, attempts, history, tail, gate);
        feed = new Feed(client, tail, compactions, gate, events, health);
    }

    /// Connects.
    ///
    /// @param trouble receives, while the store is open, why the cluster does not answer, and the empty text
    ///        whenever it does
    /// @throws DatastoreUnavailable when it does not answer within two seconds
    /// @throws IllegalArgumentException when the scheme is wrong: a member speaks TLS behind `http`, or none
    ///        behind `https`
    public static EtcdStore open(EtcdEndpoints endpoints, Consumer<String> trouble) {
        return open(endpoints, new Events(trouble, Optional.empty()), Health.none());
    }

    /// As above; the thread that follows the cluster reports to `health`.
    public static EtcdStore open(EtcdEndpoints endpoints, Events events, Health health) {
        EtcdClient client = EtcdClient.of(endpoints, "etcd");
        Gate gate = new Gate();
        Attempts attempts = new Attempts(gate, () -> client.size() > 1);
        try {
            long newest = attempts.call("open", OPEN_LIMIT,
                    limit -> new EtcdKv(client).count(Compactions.NOTHING, 0, limit).revision());
            EtcdStore store = new EtcdStore(client, newest, gate, attempts, events, health);
            store.compactions.current();
            store.feed.start();
            return store;
        } catch (EtcdFailure refused) {
            client.close();
            throw Attempts.unavailable("open", refused, false);
        } catch (DatastoreUnavailable unavailable) {
            client.close();
            EtcdScheme.wrong(endpoints, SCHEME_LIMIT).ifPresent(wrong -> {
                throw new IllegalArgumentException(wrong);
            });
            throw unavailable;
        }
    }

    /// The preference for the member at these endpoints, from which this store was opened.
    MemberPreference home(EtcdEndpoints own) {
        return new MemberPreference(client, own, attempts);
    }

    /// The endpoint of the present connection; empty while there is none.
    Optional<URI> at() {
        return client.at();
    }

    /// Reads the members and connects to the voting ones from now on, wherever the connection was before.
    /// @throws EtcdFailure when the request is refused
    /// @throws DatastoreUnavailable when no member answers
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
        return commits.carryOut(new EtcdCommits.Request(key, expected, value, timeToLive, List.of(alsoUnchanged)));
    }

    @Override
    public CommitResult delete(String key, long expected, Unchanged... alsoUnchanged) {
        check(key);
        if (expected <= 0) {
            throw new IllegalArgumentException("a deletion names the revision it deletes, not " + expected);
        }
        return commits.carryOut(new EtcdCommits.Request(key, expected, null, Duration.ZERO, List.of(alsoUnchanged)));
    }

    private static void check(String key) {
        if (key.isEmpty() || EtcdChanges.reserved(key)) {
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
            throw new Compacted(tail.upTo());
        }
        if (afterRevision < compactions.known()) {
            throw new Compacted(compactions.known());
        }
        if (afterRevision < tail.forgottenUpTo()) {
            checkNotCompacted(afterRevision);
        }
        return new LogWatch(prefix, afterRevision, tail, new HistoryLog(history, tail, gate));
    }

    /// Checks that history still begins at or before this revision, for a revision below the tail.
    private void checkNotCompacted(long revision) {
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
            // waits for the tail, so that a watch started now sees everything up to the answer
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

    /// Finishes commits in progress, ends watches and closes the connections. Blocks for a few seconds at most.
    @Override
    public void close() {
        gate.close(CLOSE_LIMIT);
        tail.wake();
        feed.close();
        client.close();
    }
}
