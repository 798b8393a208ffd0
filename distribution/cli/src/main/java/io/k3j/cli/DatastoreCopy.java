package io.k3j.cli;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Copies one store into another that is empty: every key in the order of its last change, then revisions above the old
/// ones, so that no number a client remembers comes to mean something else. What was copied is read back and compared,
/// but for events, which end by themselves meanwhile: stores do that without any server. What is not answered is asked
/// again for a minute ([RetriedDatastore]).
final class DatastoreCopy {
    /// Tells the servers' agreement that this store may be of another kind than was agreed.
    static final String COPIED = "k3s/datastore-copied";
    private static final String RAISE = "k3s/revision-";
    private static final String EVENTS = "/registry/events/";
    private static final Duration EVENTS_LIVE = Duration.ofHours(1);
    /// Told by running servers every few seconds, and whose turn it is to start its etcd again; of no use to others.
    private static final List<String> PASSING = List.of("/registry/masterleases/", "k3s/etcd-restart");
    private static final int PAGE = 1_000;
    private static final long MAX_HELD_BYTES = 256L << 20;
    private static final int WRITERS = 32;
    private static final int TELL_EVERY = 10_000;
    /// Revisions between two compactions: etcd's quota (2 GiB) holds some ten million.
    private static final long COMPACT_EVERY = 100_000;
    private final Datastore from;
    private final Datastore to;
    private final Consumer<String> progress;
    private final long maxHeldBytes;

    DatastoreCopy(Datastore from, Datastore to, Consumer<String> progress) {
        this(from, to, progress, MAX_HELD_BYTES);
    }

    /// @param maxHeldBytes of values that are kept in memory; others are read once more
    DatastoreCopy(Datastore from, Datastore to, Consumer<String> progress, long maxHeldBytes) {
        this(from, to, progress, maxHeldBytes, RetriedDatastore.Pace.system());
    }

    /// @param pace of calls that are made again
    DatastoreCopy(Datastore from, Datastore to, Consumer<String> progress, long maxHeldBytes,
            RetriedDatastore.Pace pace) {
        this.from = new RetriedDatastore(from, told -> progress.accept("the source does not answer, " + told), pace);
        this.to = new RetriedDatastore(to, told -> progress.accept("the target does not answer, " + told), pace);
        this.progress = progress;
        this.maxHeldBytes = maxHeldBytes;
    }

    /// What a store holds beside events.
    ///
    /// @param hash of keys and values in the order of their last changes
    record Content(long keys, String hash) {
    }

    private record Row(String key, long revision, byte @Nullable [] value) {
        boolean event() {
            return key.startsWith(EVENTS);
        }
    }

    private record Listing(List<Row> rows, long revision) {
    }

    /// Does it; `kind` is the target's, as servers call it.
    /// @throws UsageFailure when the target is not empty, or what came out is not what went in
    Content run(String kind) throws InterruptedException {
        if (to.count("").keys() > 0) {
            throw new UsageFailure("the target is not empty: it holds " + to.count("").keys()
                    + " keys; copy into an empty one");
        }
        Listing all = list(from);
        Content before = content(from, all);
        int done = 0;
        for (Row row : all.rows()) {
            byte[] value = row.event() ? find(from, row).orElse(null) : value(from, row, all.revision());
            Duration life = row.event() ? EVENTS_LIVE : Duration.ZERO;
            if (value != null && !(to.commit(row.key(), 0, value, life) instanceof CommitResult.Committed)) {
                throw new UsageFailure("somebody else writes to the target; stop all servers and begin again");
            }
            if (++done % TELL_EVERY == 0) {
                progress.accept("copied " + done + " of " + all.rows().size() + " keys");
            }
        }
        raise(all.revision());
        compare(before);
        to.commit(COPIED, 0, kind.getBytes(StandardCharsets.UTF_8), Duration.ZERO);
        return before;
    }

    private void compare(Content before) {
        Content written = content(to, list(to));
        if (!written.equals(before)) {
            throw new UsageFailure(
                    "what was written differs from what was read: " + written.keys() + " keys instead of "
                            + before.keys() + "; empty the target and begin again");
        }
        if (!content(from, list(from)).equals(before)) {
            throw new UsageFailure("the source has changed while it was copied; stop all servers, empty the target and"
                    + " begin again");
        }
    }

    private Listing list(Datastore store) {
        List<Row> rows = new ArrayList<>();
        long held = 0;
        long revision = 0;
        String start = "";
        boolean more = true;
        while (more) {
            Page page = store.range("", start, PAGE, revision);
            revision = page.revision();
            for (Entry entry : page.entries()) {
                held += entry.value().length;
                if (PASSING.stream().noneMatch(entry.key()::startsWith) && !entry.key().equals(COPIED)) {
                    rows.add(new Row(entry.key(), entry.revision(), held < maxHeldBytes ? entry.value() : null));
                }
            }
            more = page.more() && !page.entries().isEmpty();
            start = more ? page.entries().getLast().key() + "\0" : "";
        }
        rows.sort(Comparator.comparingLong(Row::revision).thenComparing(Row::key));
        return new Listing(rows, Math.max(revision, store.revision()));
    }

    private static byte[] value(Datastore store, Row row, long revision) {
        return find(store, row).orElseThrow(() -> new UsageFailure(row.key() + " has changed since revision "
                + revision + "; stop all servers, empty the target and begin again"));
    }

    /// Empty when it has changed or ended since it was listed, and had not been kept.
    private static Optional<byte[]> find(Datastore store, Row row) {
        byte[] held = row.value();
        return held != null ? Optional.of(held)
                : store.get(row.key()).filter(entry -> entry.revision() == row.revision()).map(Entry::value);
    }

    private static Content content(Datastore store, Listing all) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            List<Row> lasting = all.rows().stream().filter(row -> !row.event()).toList();
            for (Row row : lasting) {
                byte[] value = value(store, row, all.revision());
                digest.update((row.key() + "\0" + value.length + "\0").getBytes(StandardCharsets.UTF_8));
                digest.update(value);
            }
            return new Content(lasting.size(), HexFormat.of().formatHex(digest.digest()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Writes keys of our own until the target is at `target`, takes them away and forgets what lies before, again and
    /// again on the way, so that the target does not fill up.
    private void raise(long target) throws InterruptedException {
        long reached = to.revision();
        if (reached < target) {
            progress.accept("raising the revision from " + reached + " to " + target);
        }
        while (reached < target) {
            writeUpTo(Math.min(target, reached + COMPACT_EVERY));
            reached = to.revision();
            if (reached < target) {
                to.compact(reached);
                progress.accept("raised the revision to " + reached + " of " + target);
            }
        }
        to.compact(to.revision());
    }

    private void writeUpTo(long target) throws InterruptedException {
        try (ExecutorService writers = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("datastore-raise").factory())) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                String key = RAISE + i;
                all.add(writers.submit(() -> write(key, target)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new UsageFailure(
                    "the target's revision cannot be raised: " + Objects.requireNonNull(e.getCause()).getMessage());
        }
    }

    private void write(String key, long target) {
        long last = 0;
        while (last < target) {
            switch (to.commit(key, last, new byte[0], Duration.ZERO)) {
                case CommitResult.Committed(long revision) -> last = revision;
                case CommitResult.Conflict other -> throw new IllegalStateException("somebody else writes there");
            }
        }
        to.delete(key, last);
    }
}
