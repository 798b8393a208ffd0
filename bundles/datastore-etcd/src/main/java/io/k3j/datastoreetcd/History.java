package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Compacted;
import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdEvent;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdRange;
import io.k3j.jetcd.EtcdWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Changes of the past, from etcd itself.
final class History {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    /// When so much has come, the piece is long enough.
    private static final long PIECE_BYTES = 4L << 20;
    private final EtcdClient client;
    private static final int AT_ONCE = 1_000;
    private final Compactions compactions;
    private final Tail tail;

    History(EtcdClient client, Compactions compactions, Tail tail) {
        this.client = client;
        this.compactions = compactions;
        this.tail = tail;
    }

    /// The changes of one key after `revision`, up to `last`, which exists.
    /// @throws EtcdFailure when etcd does not tell them in time
    /// @throws Compacted when some of them are gone
    List<Change> since(String key, long revision, long last, long nanos) throws InterruptedException {
        if (!tail.awaitAfter(last - 1, nanos, () -> false)) {
            throw new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, "etcd does not tell its changes");
        }
        List<Change> found = new ArrayList<>();
        long at = revision;
        while (at < last) {
            Tail.Slice slice = tail.after(at, AT_ONCE);
            slice = slice == null ? piece(at, last) : slice;
            slice.changes().stream().filter(change -> change.key().equals(key) && change.revision() <= last)
                    .forEach(found::add);
            at = slice.upTo();
        }
        return found;
    }

    /// The changes of all keys after `revision`, up to `until` or a piece of that. Both exist.
    /// @throws io.k3j.datastoreapi.DatastoreUnavailable when etcd does not tell them
    /// @throws Compacted when some of them are gone
    Tail.Slice between(long revision, long until) throws InterruptedException {
        try {
            return piece(revision, until);
        } catch (EtcdFailure e) {
            throw Attempts.unavailable("read the log", e, false);
        }
    }

    private Tail.Slice piece(long revision, long until) throws InterruptedException {
        List<Change> found = new ArrayList<>();
        BlockingQueue<EtcdWatch.Told> queue = new LinkedBlockingQueue<>();
        AtomicLong room = new AtomicLong(PIECE_BYTES);
        long upTo = revision;
        try (EtcdWatch _ = EtcdWatch.open(client, EtcdRange.everything(), revision + 1, told -> {
            if (room.get() > 0) {
                room.addAndGet(-bytes(told.events()));
                queue.add(told);
            }
        }, LIMIT)) {
            long left = PIECE_BYTES;
            while (upTo < until && left > 0) {
                List<EtcdEvent> events = take(queue, LIMIT.toNanos());
                left -= bytes(events);
                found.addAll(Changes.of(events));
                upTo = events.isEmpty() ? upTo : events.getLast().key().modRevision();
            }
        }
        return new Tail.Slice(found, upTo);
    }

    /// The first changes of a key from a revision on; there is one.
    /// @throws EtcdFailure when the connection breaks or it takes longer than `limit`
    /// @throws Compacted when some of them are gone
    List<EtcdEvent> of(String key, long fromRevision, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        BlockingQueue<EtcdWatch.Told> queue = new LinkedBlockingQueue<>();
        try (EtcdWatch _ = EtcdWatch.open(client, EtcdRange.key(key), fromRevision, queue::add, limit)) {
            List<EtcdEvent> events = List.of();
            while (events.isEmpty()) {
                events = take(queue, deadline - System.nanoTime());
            }
            return events;
        }
    }

    private List<EtcdEvent> take(BlockingQueue<EtcdWatch.Told> queue, long nanos) throws InterruptedException {
        EtcdWatch.Told told = queue.poll(nanos, TimeUnit.NANOSECONDS);
        if (told == null || told.canceled() && told.compactRevision() == 0) {
            String why = told == null ? "no answer" : told.reason();
            throw new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, "etcd does not tell its log: " + why);
        }
        if (told.compactRevision() > 0) {
            compactions.raise(told.compactRevision());
            throw new Compacted(told.compactRevision());
        }
        if (Changes.incomplete(told.events())) {
            throw new Compacted(compactions.current());
        }
        return told.events();
    }

    private static long bytes(List<EtcdEvent> events) {
        return events.stream().mapToLong(e -> e.key().value().length + e.before().map(b -> b.value().length).orElse(0))
                .sum();
    }
}
