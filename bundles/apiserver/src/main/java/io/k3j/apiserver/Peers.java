package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.SnapshotTree;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The API servers on one shared store. Each renews a record of its own; one whose record has not been renewed
/// for a while is dead, and whoever notices removes the record. Time counts only while the store answers, so an
/// outage of the store kills nobody.
///
/// ```
/// own record, every 3 s ─► store ─► log ─► seen anew: alive
///                                      └─ not for 11 s: dead ─► record removed, endpoints without it
/// ```
final class Peers implements AutoCloseable {
    /// How often a server renews its record.
    static final long RENEWAL = TimeUnit.SECONDS.toNanos(3);
    /// A record that has not been renewed for so long is a dead server's.
    static final long DEAD = TimeUnit.SECONDS.toNanos(11);
    /// How long a record outlives all servers.
    private static final Duration LIFETIME = Duration.ofMinutes(1);
    private static final long TICK_MILLIS = 1_000;
    private static final int REPAIR_TICKS = 10;
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final Core.Data data;
    private final Peer own;
    private final LongSupplier nanos;
    private final Map<String, Seen> seen = new HashMap<>();
    private final Signal stop = new Signal();
    private final Health health;
    private @Nullable SupervisedLoop loop;
    private volatile boolean open = true;
    private boolean announced;
    private long announcedAt;
    private long steppedAt;

    /// A record as it was when it was last renewed, and when that was.
    private record Seen(Peer peer, long revision, long at) {
        boolean dead(long now) {
            return now - at >= DEAD;
        }
    }

    /// The servers on a store, of which this one is reached at `own`; `nanos` as `System.nanoTime`.
    Peers(Core.Data data, Peer own, LongSupplier nanos, Health health) {
        this.health = health;
        this.data = data;
        this.own = own;
        this.nanos = nanos;
        this.steppedAt = nanos.getAsLong();
    }

    /// Steps once a second on a thread of its own; `alive` hears of the servers when they are others than before,
    /// and once in a while. When it fails it hears again at the next step.
    void follow(Consumer<SortedSet<Peer>> alive) {
        loop = SupervisedLoop.virtual(health, "apiserver-peers", () -> {
            SortedSet<Peer> told = new TreeSet<>();
            for (long tick = 1; open; tick++) {
                stop.await(() -> !open, TICK_MILLIS);
                told = told(told, tick % REPAIR_TICKS == 0, alive);
            }
        }).start();
    }

    private SortedSet<Peer> told(SortedSet<Peer> before, boolean again, Consumer<SortedSet<Peer>> alive) {
        SortedSet<Peer> now = step();
        if (!open || now.equals(before) && !again) {
            return before;
        }
        try {
            alive.accept(now);
            return now;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "endpoints of the servers put off: {0}", e.getMessage());
            return new TreeSet<>();
        }
    }

    /// Renews the own record when it is time, and looks at the others'.
    /// @return who is alive, this server always
    SortedSet<Peer> step() {
        if (!data.fence().shared()) {
            return new TreeSet<>(List.of(own));
        }
        long now = nanos.getAsLong();
        if (!announced || now - announcedAt >= RENEWAL) {
            announce(now);
        }
        look(now);
        bury(now);
        SortedSet<Peer> alive = new TreeSet<>();
        alive.add(own);
        seen.values().stream().filter(s -> !s.dead(now)).forEach(s -> alive.add(s.peer));
        return alive;
    }

    private void announce(long now) {
        Item known = data.log().newest().tree().get(own.key());
        byte[] bytes = Json.stored(own.record());
        try {
            long expected = known == null ? 0 : known.revision();
            CommitResult result = data.store().commit(own.key(), expected, bytes, LIFETIME);
            if (result instanceof CommitResult.Conflict c) {
                long there = c.current().map(e -> e.revision()).orElse(0L);
                result = data.store().commit(own.key(), there, bytes, LIFETIME);
            }
            announced = result instanceof CommitResult.Committed;
            announcedAt = now;
        } catch (ApiFault f) {
            announced = false;
            LOG.log(System.Logger.Level.DEBUG, "own record not renewed: {0}", f.getMessage());
        }
    }

    /// Notes what has been renewed. Neither an outage of the store nor a pause of this process counts as silence.
    private void look(long now) {
        if (!data.fence().answering() || now - steppedAt >= RENEWAL) {
            seen.replaceAll((key, s) -> new Seen(s.peer, s.revision, now));
        }
        steppedAt = now;
        data.log().newest().tree().visit(Peer.RECORDS, (key, item) -> {
            if (!key.startsWith(Peer.RECORDS)) {
                return false;
            }
            Seen before = seen.get(key);
            if (before == null || before.revision != item.revision()) {
                note(key, item, now);
            }
            return true;
        });
    }

    private void note(String key, Item item, long now) {
        Item readable = item.readable();
        @Nullable
        Peer peer = readable == null ? null : Peer.of(readable.object().tree());
        if (peer != null && !peer.equals(own)) {
            seen.put(key, new Seen(peer, item.revision(), now));
        }
    }

    /// Removes the records of the dead; those whose record has gone are forgotten.
    private void bury(long now) {
        SnapshotTree<Item> tree = data.log().newest().tree();
        seen.entrySet().removeIf(e -> {
            Seen last = e.getValue();
            boolean recorded = tree.get(e.getKey()) != null;
            if (last.dead(now) && recorded) {
                LOG.log(System.Logger.Level.INFO, "server gone address={0} port={1}", last.peer.address(),
                        Integer.toString(last.peer.port()));
                remove(e.getKey(), last.revision);
            }
            return last.dead(now) && !recorded;
        });
    }

    private void remove(String key, long revision) {
        try {
            data.store().delete(key, revision);
        } catch (ApiFault f) {
            LOG.log(System.Logger.Level.DEBUG, "record left key={0}: {1}", key, f.getMessage());
        }
    }

    /// Ends the steps; the own record stays for a successor, or until the others notice.
    @Override
    public void close() {
        open = false;
        SupervisedLoop following = loop;
        if (following != null) {
            following.close();
        }
        stop.raise();
    }
}
