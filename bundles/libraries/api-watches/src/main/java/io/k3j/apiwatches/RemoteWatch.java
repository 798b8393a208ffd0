package io.k3j.apiwatches;

import io.k3j.clientapi.ApiFault;
import io.k3j.watchcache.Event;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Follower;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Tells one watch of objects that somebody outside of the process converts, on a virtual thread of its own: that
/// waits for the conversion, and for its client, and holds nobody else up. Nothing wakes it but events of its own keys
/// and, once a second, the clock.
final class RemoteWatch {
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private static final long TICK_MILLIS = 1_000;
    /// Events read of history at once, or more where a revision has more.
    private static final int HISTORY_BATCH = 256;
    private final EventLog log;
    private final Watcher watcher;
    private final BooleanSupplier closed;
    private final Runnable ended;
    private final Follower follower;

    /// @param watcher handed over, at the position from which it goes on
    /// @param closed whether the server stops; asked once a second
    /// @param ended called once, when the watch is over
    RemoteWatch(EventLog log, Watcher watcher, BooleanSupplier closed, Runnable ended) {
        this.log = log;
        this.watcher = watcher;
        this.closed = closed;
        this.ended = ended;
        this.follower = new Follower(watcher.selection().prefix());
    }

    /// Begins; returns at once.
    void start() {
        Thread.ofVirtual().name("apiserver-watch-converted").start(this::run);
    }

    private void run() {
        log.follow(follower);
        try {
            follow();
        } catch (IOException gone) {
            watcher.abort();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            watcher.abort();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING,
                    "Watch aborted resource=" + watcher.selection().target().gvr().qualified(), e);
            watcher.abort();
        } finally {
            log.leave(follower);
            ended.run();
        }
    }

    /// What came before it followed, and what a follower has lost, is read from history.
    private void follow() throws IOException, InterruptedException {
        boolean on = missed();
        while (on) {
            if (closed.getAsBoolean()) {
                watcher.finish(watcher.position());
                return;
            }
            EventLog.Snapshot offered = log.offered();
            List<Event> events = follower.take(TICK_MILLIS);
            on = events == null ? missed() : told(events, offered.revision());
        }
    }

    /// False when the watch is over.
    private boolean missed() throws IOException {
        @Nullable
        List<Event> missed;
        do {
            missed = log.after(watcher.resume(), HISTORY_BATCH);
            if (missed == null) {
                watcher.fail(Watches.EXPIRED.status());
                return false;
            }
            if (!told(missed, missed.isEmpty() ? 0 : missed.getLast().revision())) {
                return false;
            }
        } while (missed.size() >= HISTORY_BATCH);
        return true;
    }

    /// A follower may be given some events of a revision now and the others later.
    ///
    /// @param upTo the revision up to which nothing else concerns the watch
    private boolean told(List<Event> events, long upTo) throws IOException {
        List<Event> concern = events.stream().filter(e -> e.revision() > watcher.position())
                .filter(e -> WatchHub.concerns(watcher, e)).toList();
        if (!prepared(concern)) {
            return false;
        }
        for (Event e : concern) {
            if (!watcher.write(e)) {
                return false;
            }
        }
        watcher.position(Math.max(watcher.position(), upTo));
        return watcher.tick(System.nanoTime(), watcher.position());
    }

    /// Has what events tell converted before they are written one by one; false when that cannot be: the watch has
    /// ended with the error.
    private boolean prepared(List<Event> events) {
        List<Item> items = new ArrayList<>();
        for (Event e : events) {
            add(e.readableBefore(), items);
            add(e.readableAfter(), items);
        }
        try {
            List<Item> _ = watcher.converted(items);
            return true;
        } catch (ApiFault fault) {
            watcher.fail(fault.status());
            return false;
        }
    }

    private void add(@Nullable Item item, List<Item> to) {
        if (item != null && watcher.selection().matchesStored(item)) {
            to.add(item);
        }
    }
}
