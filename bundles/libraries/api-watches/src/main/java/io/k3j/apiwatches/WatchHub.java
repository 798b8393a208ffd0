package io.k3j.apiwatches;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.watchcache.Event;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.StorageKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Tells all watches of all events, on one thread of its own that never waits for a client. Watches are grouped by what
/// their keys begin with, so an event is shown to nobody it cannot concern. A watch begins, and goes on when its client
/// has fallen behind, by reading history on a virtual thread as fast as the client does.
///
/// ```
///   serve (request's thread) ──caught up──► joining ──admit──► groups ──offer──► told
///                                            ▲                   └──behind──► alone (virtual thread)
///                                            └─────────── caught up ────────────┘
/// ```
///
/// A watch of objects that somebody outside of the process converts is told by a [RemoteWatch], since this thread waits
/// for nobody.
public final class WatchHub implements AutoCloseable {
    /// Between two looks at the clock, also while nothing happens.
    private static final long TICK_MILLIS = 1_000;
    /// Events between two looks at joining watches and at the clock.
    private static final int BATCH = 512;
    /// Events read at once for one watch that catches up, or more where a revision has more; fewer than this, and it is
    /// close enough to join.
    private static final int HISTORY_BATCH = 256;
    private static final long STOP_MILLIS = 3_000;
    private final EventLog log;
    /// Watches on their way to the hub's thread, which is woken for them.
    private final Queue<Watcher> joining = new ConcurrentLinkedQueue<>();
    /// By prefix or single key in the store; for the hub's thread only.
    private final Map<String, List<Watcher>> groups = new HashMap<>();
    /// Threads of watches that are behind, so that they can be ended.
    private final Set<Thread> behind = ConcurrentHashMap.newKeySet();
    /// All, wherever they stand; each is taken off once, by who finds it over.
    private final AtomicInteger watchers = new AtomicInteger();
    private final SupervisedLoop loop;
    /// Up to here all watches in [#groups] have been told, each revision as a whole; for the hub's thread only.
    private long cursor;
    /// Written before the queue of joining watches is emptied for the last time, so none is left in it.
    private volatile boolean open = true;

    /// @param health where its loop reports
    public WatchHub(EventLog log, Health health) {
        this.log = log;
        this.cursor = log.newest().revision();
        this.loop = SupervisedLoop.platform(health, "apiserver-watch", this::run);
    }

    /// Begins to tell.
    public void start() {
        loop.start();
    }

    /// Tells a watch what comes after its position; returns when it has caught up and the hub goes on with it, or it is
    /// over. Blocks while the client is behind.
    void serve(Watcher watcher) throws IOException {
        watchers.incrementAndGet();
        boolean done = false;
        try {
            if (watcher.remote()) {
                new RemoteWatch(log, watcher, () -> !open, watchers::decrementAndGet).start();
            } else {
                catchUp(watcher);
            }
            done = true;
        } finally {
            if (!done) {
                watchers.decrementAndGet();
            }
        }
    }

    /// Until little is missing; the rest is told by the hub when it takes the watch in. History that is gone ends the
    /// watch there too, so there is one place for that.
    private void catchUp(Watcher watcher) throws IOException {
        List<Event> missed;
        do {
            missed = log.after(watcher.resume(), HISTORY_BATCH);
            if (missed != null && !told(watcher, missed)) {
                watchers.decrementAndGet();
                return;
            }
        } while (missed != null && missed.size() >= HISTORY_BATCH);
        join(watcher);
    }

    /// Blocks while the client is behind; false when the watch is over. Only whole revisions are missed.
    private static boolean told(Watcher watcher, List<Event> missed) throws IOException {
        for (Event e : missed) {
            if (concerns(watcher, e) && !watcher.write(e)) {
                return false;
            }
        }
        if (!missed.isEmpty()) {
            watcher.position(missed.getLast().revision());
        }
        return watcher.tick(System.nanoTime(), watcher.position());
    }

    /// Whoever takes it out of the queue ends it: this thread or the hub's, never both.
    private void join(Watcher watcher) {
        joining.add(watcher);
        if (open) {
            log.nudge();
        } else if (joining.remove(watcher)) {
            watcher.finish(watcher.position());
        }
    }

    /// How many watches there are.
    public int watchers() {
        return watchers.get();
    }

    /// Called again after a failure, which has ended all watches: their clients begin new ones.
    private void run() throws InterruptedException {
        long nextTick = System.nanoTime();
        try {
            while (open) {
                admit();
                boolean idle = step();
                if (System.nanoTime() - nextTick >= 0) {
                    tick();
                    nextTick = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
                }
                if (idle) {
                    log.await(cursor, () -> !joining.isEmpty() || !open, TICK_MILLIS);
                }
            }
        } finally {
            endAll();
        }
    }

    /// Watches of a failed or closed hub end in order, so clients go on from their last bookmark elsewhere.
    private void endAll() {
        behind.forEach(Thread::interrupt);
        List<Watcher> ended = new ArrayList<>();
        groups.values().forEach(ended::addAll);
        groups.clear();
        watchers.addAndGet(-ended.size());
        ended.forEach(w -> w.finish(cursor));
        cursor = log.newest().revision();
        for (Watcher w = joining.poll(); w != null; w = joining.poll()) {
            watchers.decrementAndGet();
            w.finish(w.position());
        }
    }

    /// Takes in watches that have caught up and tells them what the others have been told meanwhile. From then on they
    /// are all at [#cursor], so one pass over the events serves all.
    private void admit() {
        for (Watcher w = joining.poll(); w != null; w = joining.poll()) {
            if (!leaves(w, missed(w))) {
                groups.computeIfAbsent(group(w), g -> new ArrayList<>()).add(w);
            }
        }
    }

    /// What lies between the watch's position and the hub's. What is newer comes with the next step, for all.
    private Watcher.Offer missed(Watcher w) {
        List<Event> missed = log.after(w.resume(), Integer.MAX_VALUE);
        if (missed == null) {
            w.fail(Watches.EXPIRED.status());
            return Watcher.Offer.OVER;
        }
        Watcher.Offer last = Watcher.Offer.TOLD;
        for (Event e : missed) {
            if (e.revision() <= cursor && concerns(w, e) && last == Watcher.Offer.TOLD) {
                last = w.offer(e);
            }
        }
        return last;
    }

    /// The single key of a watch of one object, else the prefix of all its keys, which ends with a slash.
    private static String group(Watcher w) {
        String single = w.selection().single();
        return single.isEmpty() ? w.selection().prefix() : single;
    }

    /// By the key alone; whether the object is selected is the watch's to see.
    static boolean concerns(Watcher w, Event e) {
        String key = e.newest().storeKey();
        String single = w.selection().single();
        return single.isEmpty() ? key.startsWith(w.selection().prefix()) : key.equals(single);
    }

    /// Tells the next events. When the log no longer has them, which takes a hub that stands still, all watches end
    /// with 410.
    ///
    /// @return whether there were none
    private boolean step() {
        long upTo = log.newest().revision();
        List<Event> events = log.after(cursor, BATCH);
        if (events == null) {
            groups.values().forEach(group -> group.forEach(w -> w.fail(Watches.EXPIRED.status())));
            groups.values().forEach(group -> watchers.addAndGet(-group.size()));
            groups.clear();
            cursor = upTo;
            return false;
        }
        for (Event e : events) {
            cursor = e.revision() - 1;
            tell(e);
        }
        cursor = events.isEmpty() ? cursor : events.getLast().revision();
        if (events.size() < BATCH) {
            cursor = Math.max(cursor, upTo);
        }
        return events.isEmpty();
    }

    /// Each part of the key that ends with a slash may be the name of a group, and so may the whole key. The frames
    /// that were made for the event are let go behind the last watch.
    private void tell(Event e) {
        String key = e.newest().storeKey();
        for (int slash = key.indexOf('/', StorageKeys.ROOT.length()); slash >= 0; slash = key.indexOf('/', slash + 1)) {
            offer(key.substring(0, slash + 1), e);
        }
        offer(key, e);
        e.forgetFrames();
    }

    /// Offers an event to one group and drops watches that leave, then the group when it is empty: names of groups come
    /// from clients and must not add up.
    private void offer(String name, Event e) {
        List<Watcher> group = groups.get(name);
        if (group != null && group.removeIf(w -> leaves(w, w.offer(e)))) {
            groups.computeIfPresent(name, (n, g) -> g.isEmpty() ? null : g);
        }
    }

    /// Whether it is no longer told by this thread.
    private boolean leaves(Watcher watcher, Watcher.Offer last) {
        if (last == Watcher.Offer.BEHIND) {
            Thread alone = Thread.ofVirtual().name("apiserver-watch-behind").unstarted(() -> alone(watcher));
            behind.add(alone);
            alone.start();
        }
        return last == Watcher.Offer.BEHIND || last == Watcher.Offer.OVER && left();
    }

    /// Ends when it has caught up, or when its stream throws because the client has gone or reads nothing for too long.
    private void alone(Watcher watcher) {
        try {
            catchUp(watcher);
        } catch (IOException | RuntimeException gone) {
            watcher.abort();
            watchers.decrementAndGet();
        } finally {
            behind.remove(Thread.currentThread());
        }
    }

    /// One watch less; true, for callers that take it out of a group.
    private boolean left() {
        watchers.decrementAndGet();
        return true;
    }

    /// Ends watches whose time is over or whose client has gone, and sends bookmarks. All of them stand at the hub's
    /// position at least.
    private void tick() {
        long now = System.nanoTime();
        groups.values().forEach(group -> group.removeIf(w -> !w.tick(now, cursor) && left()));
        groups.values().removeIf(List::isEmpty);
    }

    /// Ends all watches in order; waits a few seconds for the hub's thread. What it does not get to is ended with its
    /// connection.
    @Override
    public void close() {
        open = false;
        loop.close();
        log.nudge();
        try {
            if (loop.join(STOP_MILLIS)) {
                // its thread may have had no time to begin
                endAll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
