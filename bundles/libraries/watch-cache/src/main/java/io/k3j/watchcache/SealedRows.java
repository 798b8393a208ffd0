package io.k3j.watchcache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The newest rows whose key is not known here yet, opened as soon as it is. The feeder's thread only.
///
/// Another server may begin with a new key before this one has it (`k3s secrets-encrypt rotate-keys`, a KMS plug-in
/// that has another key); the row stands as [Unreadable] meanwhile, and nobody is told that the Secret is deleted. It
/// may write all objects once more so: rows that wait for the same key are asked for by one of them, and a look tries
/// a share of them.
///
/// ```
/// key A ─ row, row, row …    a look tries of each key its rows in turn, up to the first one that still passes
/// key B ─ row, row …         ends when it has read or tried its share; the next one goes on behind it
/// ```
///
/// Bounded by the objects of the store: nothing but the key of a row is kept, which the snapshot holds anyway.
final class SealedRows {
    /// How many rows a look reads: the log stands still for a tenth of a second at most.
    static final int MOST_READ = 5_000;
    /// How many it tries in vain, which takes longer.
    static final int MOST_FAILED = 500;
    private static final long SAID_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final System.Logger LOG = System.getLogger("io.k3j.watchcache");
    private final Rows rows;
    private final LongSupplier nanos;
    /// The keys of rows in the store, by what they wait for.
    private final SequencedMap<String, SequencedSet<String>> waiting = new LinkedHashMap<>();
    /// The other way round.
    private final Map<String, String> waitsFor = new HashMap<>();
    /// When the last look ended.
    private long looked;
    private long said;
    private long saidDamaged;
    /// The first of the rows that came out damaged and were not told of yet.
    private @Nullable Unreadable damaged;
    /// How many they are.
    private int allDamaged;

    /// A look under way: what it has read, and how much it may still try.
    private static final class Look {
        private final SnapshotTree<Item> tree;
        private final Map<String, Item> read = new HashMap<>();
        /// Those that cannot be read for another reason than before.
        private final List<Unreadable> others = new ArrayList<>();
        private int failed;
        /// One whose key is still away.
        private @Nullable Unreadable away;

        Look(SnapshotTree<Item> tree) {
            this.tree = tree;
        }

        boolean goesOn() {
            return read.size() < MOST_READ && failed < MOST_FAILED;
        }
    }

    /// @param nanos a clock that does not jump
    SealedRows(Rows rows, LongSupplier nanos) {
        this.rows = rows;
        this.nanos = nanos;
        this.looked = nanos.getAsLong();
        this.said = looked - SAID_AGAIN_NANOS;
        this.saidDamaged = said;
    }

    /// As [#look], unless the end of the last time is less than `pause` ago: batches may come by the hundred in a
    /// second.
    void look(EventLog log, Duration pause) {
        if ((!waiting.isEmpty() || damaged != null) && nanos.getAsLong() - looked >= pause.toNanos()) {
            look(log);
            looked = nanos.getAsLong();
        }
    }

    /// One more, in place of an older one of the same key.
    void add(Unreadable row) {
        forget(row.storeKey());
        waitsFor.put(row.storeKey(), row.waitsFor());
        waiting.computeIfAbsent(row.waitsFor(), _ -> new LinkedHashSet<>()).add(row.storeKey());
    }

    /// The row has been replaced or deleted.
    void forget(String storeKey) {
        String key = waitsFor.remove(storeKey);
        if (key != null) {
            waiting.computeIfPresent(key, (_, rowsOfKey) -> rowsOfKey.remove(storeKey) && rowsOfKey.isEmpty() ? null
                    : rowsOfKey);
        }
    }

    /// Whether nothing has to be looked at.
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /// Puts those that can be read now into the log, and forgets those that have been replaced or deleted.
    void look(EventLog log) {
        Look look = new Look(log.newest().tree());
        for (int left = waiting.size(); left > 0 && look.goesOn(); left--) {
            Map.Entry<String, SequencedSet<String>> first = Objects.requireNonNull(waiting.pollFirstEntry());
            tryInTurn(first.getValue(), look);
            if (!first.getValue().isEmpty()) {
                waiting.put(first.getKey(), first.getValue());
            }
        }
        look.others.forEach(this::add);
        if (!look.read.isEmpty()) {
            log.reread(look.read);
        }
        if (look.away != null) {
            say(look.away);
        }
        if (damaged != null) {
            sayDamaged(damaged);
        }
    }

    private void tryInTurn(SequencedSet<String> rowsOfKey, Look look) {
        boolean away = false;
        for (int left = rowsOfKey.size(); left > 0 && !away && look.goesOn(); left--) {
            String storeKey = rowsOfKey.removeFirst();
            Unreadable still = look.tree.get(storeKey) instanceof Unreadable row ? still(row, look) : null;
            if (still == null) {
                waitsFor.remove(storeKey);
            } else {
                rowsOfKey.addLast(storeKey);
                away = still.passing();
            }
        }
    }

    /// Tries one; null when it does not wait any longer for what it has waited for.
    private @Nullable Unreadable still(Unreadable row, Look look) {
        Item now = rows.again(row);
        if (!(now instanceof Unreadable still)) {
            look.read.put(row.storeKey(), now);
            return null;
        }
        look.failed++;
        if (still.sealed() && still.passing() == row.passing() && still.waitsFor().equals(row.waitsFor())) {
            look.away = still.passing() ? still : look.away;
            return still;
        }
        look.read.put(row.storeKey(), still.after(row));
        if (still.sealed()) {
            look.others.add(still);
        }
        damaged(still);
        return null;
    }

    /// One wrong answer of who keeps a key damages all its rows at once.
    private void damaged(Unreadable row) {
        damaged = damaged == null ? row : damaged;
        allDamaged++;
        LOG.log(System.Logger.Level.DEBUG, "Cannot decode stored object key={0} revision={1} error={2}",
                row.storeKey(), Long.toString(row.revision()), row.why());
    }

    /// Once a minute for all that came out so since.
    private void sayDamaged(Unreadable row) {
        long now = nanos.getAsLong();
        if (now - saidDamaged >= SAID_AGAIN_NANOS) {
            saidDamaged = now;
            LOG.log(System.Logger.Level.ERROR, "Cannot decode stored objects number={0} key={1} revision={2} error={3}",
                    allDamaged, row.storeKey(), Long.toString(row.revision()), row.why());
            damaged = null;
            allDamaged = 0;
        }
    }

    /// Once a minute for all of them.
    private void say(Unreadable row) {
        long now = nanos.getAsLong();
        if (now - said >= SAID_AGAIN_NANOS) {
            said = now;
            LOG.log(System.Logger.Level.WARNING,
                    "Objects cannot be read, as the keys of their rows are not to be had now"
                            + " number={0} error={1}",
                    waitsFor.size(), row.why());
        }
    }
}
