package io.k3j.apiwatches;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.objectregistry.Selection;
import io.k3j.objectregistry.Target;
import io.k3j.watchcache.Event;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Follower;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.SnapshotTree;
import io.k3j.watchcache.StorageKeys;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// A selection of the event log, seen live: reading takes the newest snapshot, listening follows the
/// events on a virtual thread of its own. Keeps no objects.
public final class LocalView implements View {
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private static final long TICK_MILLIS = 60_000;
    /// How long a listener call under way may take at the end.
    static final long STOP_SECONDS = 4;
    private final EventLog log;
    private final Selection selection;
    private final BiFunction<Target, Item, Obj> shown;
    private final Follower follower;
    /// Held while the listener is called, so that the end can wait for it.
    private final ReentrantLock telling = new ReentrantLock();
    private volatile boolean closed;
    private volatile Runnable closing = () -> {
    };
    private final Health health;
    private @Nullable SupervisedLoop loop;
    /// Of the loop's thread; kept when it fails, so that it goes on from there.
    private @Nullable Delivered told;
    /// Said once, not again after a failure.
    private boolean synced;

    /// @param shown what is told of an object; called for each one that is looked at
    /// @param health where the loop of its listener reports
    public LocalView(EventLog log, Selection selection, BiFunction<Target, Item, Obj> shown, Health health) {
        this.health = health;
        this.log = log;
        this.selection = selection;
        this.shown = shown;
        this.follower = new Follower(selection.prefix());
    }

    /// What to do once, when the view ends.
    void onClose(Runnable action) {
        closing = action;
    }

    @Override
    public long revision() {
        return log.newest().revision();
    }

    @Override
    public Optional<Obj> get(Key key) {
        String storeKey = StorageKeys.of(selection.target().kind(), key);
        Item item = log.mostRecent().tree().get(storeKey);
        Item known = item == null || !storeKey.startsWith(selection.prefix()) ? null : known(item);
        return Optional.ofNullable(selected(known));
    }

    @Override
    public Collection<Obj> list() {
        return list(log.mostRecent().tree(), selection.prefix());
    }

    @Override
    public Collection<Obj> list(String namespace) {
        String scope = StorageKeys.scope(selection.target().kind(), namespace);
        return scope.startsWith(selection.prefix()) ? list(log.mostRecent().tree(), scope)
                : selection.prefix().startsWith(scope) ? list() : List.of();
    }

    @Override
    public Collection<Obj> readable() {
        List<Obj> all = new ArrayList<>();
        log.newest().tree().visit(selection.prefix(), (key, item) -> {
            if (!key.startsWith(selection.prefix())) {
                return false;
            }
            try {
                Obj object = selected(item);
                if (object != null) {
                    all.add(object);
                }
            } catch (ApiFault damaged) {
                LOG.log(System.Logger.Level.DEBUG, "Left out: {0}", damaged.getMessage());
            }
            return true;
        });
        return all;
    }

    private Collection<Obj> list(SnapshotTree<Item> tree, String prefix) {
        List<Obj> all = new ArrayList<>();
        tree.visit(prefix, StorageKeys.end(prefix), selection.probe(), (key, item) -> {
            Item known = known(item);
            if (selection.matches(known)) {
                all.add(shown.apply(selection.target(), known));
            }
            return true;
        });
        return all;
    }

    /// What is shown of a version: one that cannot be read is shown as it was when it could be.
    /// @throws ApiFault 500 when that is not known: it is there, and must not be taken for deleted
    private static Item known(Item item) {
        Item readable = item.readable();
        if (readable == null) {
            item.check();
        }
        return readable == null ? item : readable;
    }

    @Override
    public synchronized void listen(Listener listener) {
        if (loop != null) {
            throw new IllegalStateException("somebody listens already");
        }
        loop = SupervisedLoop.virtual(health, "apiserver-view-" + selection.target().gvr().resource(),
                () -> follow(listener)).start();
    }

    /// Called again after a failure: then it tells what has changed since.
    private void follow(Listener listener) throws InterruptedException {
        log.follow(follower);
        try {
            Delivered before = told;
            told = before == null ? everything(listener) : caughtUp(listener, before);
            while (!closed && log.open()) {
                synced = synced || synced(listener, told.tree());
                EventLog.Snapshot offered = log.offered();
                List<Event> events = follower.take(TICK_MILLIS);
                if (events == null) {
                    told = caughtUp(listener, told);
                    continue;
                }
                for (Event e : events) {
                    if (told.next(e)) {
                        tell(listener, e);
                    }
                }
                told.reached(offered);
            }
        } finally {
            log.leave(follower);
        }
    }

    private Delivered everything(Listener listener) {
        Delivered all = new Delivered(first());
        all.tree().visit(selection.prefix(), (key, item) -> {
            boolean within = key.startsWith(selection.prefix());
            if (within) {
                tell(listener, new Event(item.revision(), null, item));
            }
            return within;
        });
        return all;
    }

    /// A snapshot with everything this server has acknowledged; waits for it.
    private EventLog.Snapshot first() {
        while (!closed && log.open() && !Thread.currentThread().isInterrupted()) {
            try {
                return log.mostRecent();
            } catch (ApiFault behind) {
                // one of many views, each time it tries: anyone who follows the datastore says what is the matter
                LOG.log(System.Logger.Level.DEBUG, "View not begun resource={0}: {1}",
                        selection.target().gvr().qualified(), behind.getMessage());
            }
        }
        return log.newest();
    }

    /// Says that everything has been told, unless there is something that cannot be: as upstream, where a list fails
    /// then, anyone who waits for the whole snapshot goes on waiting.
    private boolean synced(Listener listener, SnapshotTree<Item> told) {
        Item[] missing = new Item[1];
        told.visit(selection.prefix(), (key, item) -> {
            boolean within = key.startsWith(selection.prefix());
            if (within && item.readable() == null) {
                missing[0] = item;
            }
            return within && missing[0] == null;
        });
        if (missing[0] == null) {
            tell(listener::synced);
        } else {
            LOG.log(System.Logger.Level.DEBUG, "View not complete resource={0}: {1} cannot be read",
                    selection.target().gvr().qualified(), missing[0]);
        }
        return missing[0] == null;
    }

    /// History is gone: tells the difference between then and now, as all changes in revision order.
    private Delivered caughtUp(Listener listener, Delivered told) {
        SnapshotTree<Item> then = told.tree();
        EventLog.Snapshot now = log.newest();
        List<Event> missed = new ArrayList<>();
        then.visit(selection.prefix(), (key, item) -> {
            boolean within = key.startsWith(selection.prefix());
            return within && (now.tree().get(key) != null || missed.add(new Event(now.revision(), item, null)));
        });
        now.tree().visit(selection.prefix(), (key, item) -> {
            Item before = then.get(key);
            boolean within = key.startsWith(selection.prefix());
            return within && (before == item || missed.add(new Event(item.revision(), before, item)));
        });
        missed.sort(Comparator.comparingLong(Event::revision));
        missed.forEach(e -> tell(listener, e));
        return new Delivered(now);
    }

    /// For a version that cannot be read stands the last one that could be, also for a listener who comes later.
    private void tell(Listener listener, Event e) {
        Item before = e.readableBefore();
        Item after = e.readableAfter();
        boolean told = before == after || after == null && e.after() != null;
        if (told || !e.newest().storeKey().startsWith(selection.prefix())) {
            return;
        }
        tell(() -> {
            Obj was = selected(before);
            Obj now = selected(after);
            if (was != null || now != null) {
                View.tell(listener, was, now);
            }
        });
    }

    private @Nullable Obj selected(@Nullable Item item) {
        Item readable = item == null ? null : item.readable();
        return readable != null && selection.matches(readable) ? shown.apply(selection.target(), readable) : null;
    }

    private void tell(Runnable call) {
        telling.lock();
        try {
            if (!closed) {
                call.run();
            }
        } catch (RuntimeException | Error e) {
            // what a listener throws is its own: this thread goes on, and the server is as well as it was
            LOG.log(System.Logger.Level.ERROR,
                    "View listener failed resource=" + selection.target().gvr().qualified(), e);
        } finally {
            telling.unlock();
        }
    }

    @Override
    public void close() {
        end();
        settle(System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS));
    }

    /// From now on no listener call begins.
    void end() {
        closed = true;
        stop();
        follower.end();
        closing.run();
    }

    private synchronized void stop() {
        if (loop != null) {
            loop.close();
        }
    }

    /// Waits for a listener call that is under way.
    void settle(long deadline) {
        try {
            if (telling.tryLock(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                telling.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
