package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Compacted;
import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdEvent;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdRange;
import io.k3j.jetcd.EtcdWatch;
import io.k3j.logtail.LogTail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Reads past changes from etcd, by watches that start in the past.
final class EtcdHistory {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    /// Size limit of one piece of history.
    private static final long PIECE_BYTES = 4L << 20;
    private final EtcdClient client;
    private static final int MAX_CHANGES = 1_000;
    private final Compactions compactions;
    private final LogTail tail;

    EtcdHistory(EtcdClient client, Compactions compactions, LogTail tail) {
        this.client = client;
        this.compactions = compactions;
        this.tail = tail;
    }

    /// The changes of one key after `revision`, up to `last`, which has to exist.
    /// @throws EtcdFailure when etcd does not deliver them in time
    /// @throws Compacted when some of them were compacted
    List<Change> since(String key, long revision, long last, long nanos) throws InterruptedException {
        if (!tail.awaitAfter(last - 1, nanos, () -> false)) {
            throw new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, "etcd does not tell its changes");
        }
        List<Change> found = new ArrayList<>();
        long at = revision;
        while (at < last) {
            LogTail.Slice slice = tail.after(at, MAX_CHANGES);
            slice = slice == null ? piece(at, last) : slice;
            slice.changes().stream().filter(change -> change.key().equals(key) && change.revision() <= last)
                    .forEach(found::add);
            at = slice.upTo();
        }
        return found;
    }

    /// The changes of all keys after `revision`, up to `until` or the size limit, or so many as came before the
    /// connection broke. Both revisions have to exist.
    /// @throws EtcdFailure when etcd delivers none
    /// @throws Compacted when some of them were compacted
    LogTail.Slice piece(long revision, long until) throws InterruptedException {
        List<Change> found = new ArrayList<>();
        BlockingQueue<EtcdWatch.Response> queue = new LinkedBlockingQueue<>();
        AtomicLong remaining = new AtomicLong(PIECE_BYTES);
        long upTo = revision;
        try (EtcdWatch _ = EtcdWatch.open(client, EtcdRange.everything(), revision + 1, response -> {
            if (remaining.get() > 0) {
                remaining.addAndGet(-bytes(response.events()));
                queue.add(response);
            }
        }, LIMIT)) {
            long left = PIECE_BYTES;
            while (upTo < until && left > 0) {
                List<EtcdEvent> events = take(queue, LIMIT.toNanos());
                checkComplete(events);
                left -= bytes(events);
                found.addAll(EtcdChanges.of(events));
                upTo = events.isEmpty() ? upTo : events.getLast().key().modRevision();
            }
        } catch (EtcdFailure e) {
            if (upTo == revision) {
                throw e;
            }
        }
        return new LogTail.Slice(found, upTo);
    }

    /// The first changes of a key from a revision on, at least one, which has to exist. What was before each of them
    /// may be missing.
    /// @throws EtcdFailure when the connection breaks or `limit` is exceeded
    /// @throws Compacted when some of them were compacted
    List<EtcdEvent> of(String key, long fromRevision, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        BlockingQueue<EtcdWatch.Response> queue = new LinkedBlockingQueue<>();
        try (EtcdWatch _ = EtcdWatch.open(client, EtcdRange.key(key), fromRevision, queue::add, limit)) {
            List<EtcdEvent> events = List.of();
            while (events.isEmpty()) {
                events = take(queue, deadline - System.nanoTime());
            }
            return events;
        }
    }

    private List<EtcdEvent> take(BlockingQueue<EtcdWatch.Response> queue, long nanos) throws InterruptedException {
        EtcdWatch.Response response = queue.poll(nanos, TimeUnit.NANOSECONDS);
        if (response == null || response.canceled() && response.compactRevision() == 0) {
            String why = response == null ? "no answer" : response.reason();
            throw new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, "etcd does not tell its log: " + why);
        }
        if (response.compactRevision() > 0) {
            compactions.raise(response.compactRevision());
            throw new Compacted(response.compactRevision());
        }
        return response.events();
    }

    /// etcd omits a previous value that was compacted, and one of a watch whose creation it has not ended yet.
    private void checkComplete(List<EtcdEvent> events) {
        if (EtcdChanges.incomplete(events)) {
            long compacted = compactions.current();
            if (compacted >= events.getFirst().key().modRevision()) {
                throw new Compacted(compacted);
            }
            throw new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, "etcd does not tell what was before a change");
        }
    }

    private static long bytes(List<EtcdEvent> events) {
        return events.stream().mapToLong(e -> e.key().value().length + e.before().map(b -> b.value().length).orElse(0))
                .sum();
    }
}
