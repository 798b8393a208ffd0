package io.k3j.apiservercontrollers;

import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.Signal;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.objectregistry.Storage;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.SnapshotTree;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The API servers on one shared datastore, as upstream's `lease` endpoint reconciler. Each renews its own record; a
/// server whose record was not renewed for eleven seconds is dead, and any other server deletes its record. Time
/// counts only while the datastore answers, so that an outage of it does not make servers look dead.
///
/// ```
/// own record, every 3 s ─► datastore ─► log ─► new revision: alive
///                                         └─ none for 11 s: dead ─► record deleted, endpoints without it
/// ```
public final class Peers implements AutoCloseable {
    /// The interval of renewals, nanoseconds.
    public static final long RENEWAL = TimeUnit.SECONDS.toNanos(3);
    /// The age of the last renewal at which a server counts as dead, nanoseconds.
    private static final long DEAD = TimeUnit.SECONDS.toNanos(11);
    /// The time to live of a record, for the case that all servers stop.
    private static final Duration LIFETIME = Duration.ofMinutes(1);
    private static final long TICK_MILLIS = 1_000;
    private static final int REPAIR_TICKS = 10;
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final Storage storage;
    private final Peer own;
    private final LongSupplier nanos;
    private final Map<String, Seen> seen = new HashMap<>();
    private final Signal stop = new Signal();
    private final Health health;
    private final List<SupervisedLoop> loops = new CopyOnWriteArrayList<>();
    /// The servers that are alive, as the last step has found; none before the first one.
    private volatile SortedSet<Peer> present = new TreeSet<>();
    private volatile boolean open = true;
    private boolean renewed;
    private long renewedAt;
    private long steppedAt;

    /// The last renewal of a record that this server has seen.
    private record Seen(Peer peer, long revision, long at) {
        boolean dead(long now) {
            return now - at >= DEAD;
        }
    }

    /// @param storage where records are written and seen; where nobody shares it there are none
    /// @param own the address of this server
    /// @param nanos a clock like `System.nanoTime`
    /// @param health where the loop reports
    public Peers(Storage storage, Peer own, LongSupplier nanos, Health health) {
        this.health = health;
        this.storage = storage;
        this.own = own;
        this.nanos = nanos;
        this.steppedAt = nanos.getAsLong();
    }

    /// Runs [#step] every second on a virtual thread. On another one `alive` receives the servers within a second of
    /// their change, and every ten seconds for repair; it may wait as long as it likes, renewals do not wait for it.
    /// When it fails, it is called again a second later.
    public void follow(Consumer<SortedSet<Peer>> alive) {
        loops.add(SupervisedLoop.virtual(health, "apiserver-peers", () -> {
            while (open) {
                stop.await(() -> !open, TICK_MILLIS);
                present = step();
            }
        }).start());
        loops.add(SupervisedLoop.virtual(health, "apiserver-endpoints", () -> {
            SortedSet<Peer> reported = new TreeSet<>();
            for (long tick = 1; open; tick++) {
                stop.await(() -> !open, TICK_MILLIS);
                reported = report(reported, tick % REPAIR_TICKS == 0, alive);
            }
        }).start());
    }

    private SortedSet<Peer> report(SortedSet<Peer> before, boolean again, Consumer<SortedSet<Peer>> alive) {
        SortedSet<Peer> now = present;
        if (!open || now.isEmpty() || now.equals(before) && !again) {
            return before;
        }
        try {
            alive.accept(now);
            return now;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "Endpoints of the servers put off: {0}", e.getMessage());
            return new TreeSet<>();
        }
    }

    /// Renews the own record when due, and checks the others. One thread at a time; blocks for writes of the datastore.
    /// What it refuses is tried again at the next step, and is no error here.
    ///
    /// @return the servers that are alive, always including this one
    public SortedSet<Peer> step() {
        if (!storage.fence().shared()) {
            return new TreeSet<>(List.of(own));
        }
        long now = nanos.getAsLong();
        if (!renewed || now - renewedAt >= RENEWAL) {
            renew(now);
        }
        observe(now);
        removeDead(now);
        SortedSet<Peer> alive = new TreeSet<>();
        alive.add(own);
        seen.values().stream().filter(s -> !s.dead(now)).forEach(s -> alive.add(s.peer));
        return alive;
    }

    private void renew(long now) {
        Item known = storage.log().newest().tree().get(own.key());
        byte[] bytes = Json.stored(own.record());
        try {
            long expected = known == null ? 0 : known.revision();
            CommitResult result = storage.store().commit(own.key(), expected, bytes, LIFETIME);
            if (result instanceof CommitResult.Conflict c) {
                long there = c.current().map(e -> e.revision()).orElse(0L);
                result = storage.store().commit(own.key(), there, bytes, LIFETIME);
            }
            renewed = result instanceof CommitResult.Committed;
            renewedAt = now;
        } catch (ApiFault f) {
            renewed = false;
            LOG.log(System.Logger.Level.DEBUG, "Own record not renewed: {0}", f.getMessage());
        }
    }

    /// Records renewals. Neither an outage of the datastore nor a pause of this process counts as missing renewals.
    private void observe(long now) {
        if (!storage.fence().answering() || now - steppedAt >= RENEWAL) {
            seen.replaceAll((key, s) -> new Seen(s.peer, s.revision, now));
        }
        steppedAt = now;
        storage.log().newest().tree().visit(Peer.RECORDS, (key, item) -> {
            if (!key.startsWith(Peer.RECORDS)) {
                return false;
            }
            Seen before = seen.get(key);
            if (before == null || before.revision != item.revision()) {
                recordRenewal(key, item, now);
            }
            return true;
        });
    }

    private void recordRenewal(String key, Item item, long now) {
        Item readable = item.readable();
        @Nullable
        Peer peer = readable == null ? null : Peer.of(readable.object().tree());
        if (peer != null && !peer.equals(own)) {
            seen.put(key, new Seen(peer, item.revision(), now));
        }
    }

    /// Deletes the records of dead servers; servers without a record are forgotten.
    private void removeDead(long now) {
        SnapshotTree<Item> tree = storage.log().newest().tree();
        seen.entrySet().removeIf(e -> {
            Seen last = e.getValue();
            boolean recorded = tree.get(e.getKey()) != null;
            if (last.dead(now) && recorded) {
                LOG.log(System.Logger.Level.INFO,
                        "Removed API server that stopped renewing its lease address={0} port={1}", last.peer.address(),
                        Integer.toString(last.peer.port()));
                remove(e.getKey(), last.revision);
            }
            return last.dead(now) && !recorded;
        });
    }

    private void remove(String key, long revision) {
        try {
            storage.store().delete(key, revision);
        } catch (ApiFault f) {
            LOG.log(System.Logger.Level.DEBUG, "Record left key={0}: {1}", key, f.getMessage());
        }
    }

    /// Stops the loop; the own record stays for a successor, or until the others delete it.
    @Override
    public void close() {
        open = false;
        loops.forEach(SupervisedLoop::close);
        stop.raise();
    }
}
