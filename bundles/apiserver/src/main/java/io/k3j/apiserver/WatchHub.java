package io.k3j.apiserver;

import io.k3j.watchcache.Event;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Keys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Tells all watches of all events, on one thread of its own that never waits for a client. Watches are
/// grouped by what their keys begin with, so an event is shown to nobody it cannot concern.
final class WatchHub implements AutoCloseable {
    private static final long TICK_MILLIS = 1_000;
    private static final int BATCH = 512;
    private static final long STOP_MILLIS = 3_000;
    private final EventLog log;
    private final Queue<Watcher> joining = new ConcurrentLinkedQueue<>();
    private final Map<String, List<Watcher>> groups = new HashMap<>();
    private final AtomicInteger watchers = new AtomicInteger();
    private final Thread thread;
    private long cursor;
    private volatile boolean open = true;

    WatchHub(EventLog log) {
        this.log = log;
        this.cursor = log.newest().revision();
        this.thread = Thread.ofPlatform().name("apiserver-watch").daemon().unstarted(this::run);
    }

    /// Begins to tell.
    void start() {
        thread.start();
    }

    /// From now on this watch is told what comes after its position.
    void join(Watcher watcher) {
        if (!open) {
            watcher.finish(watcher.position());
            return;
        }
        watchers.incrementAndGet();
        joining.add(watcher);
        log.nudge();
    }

    /// How many watches there are.
    int watchers() {
        return watchers.get();
    }

    private void run() {
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
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open = false;
            groups.values().forEach(group -> group.forEach(w -> w.finish(cursor)));
            for (Watcher w = joining.poll(); w != null; w = joining.poll()) {
                w.finish(w.position());
            }
        }
    }

    /// Takes in new watches and tells them what the others have been told meanwhile.
    private void admit() {
        for (Watcher w = joining.poll(); w != null; w = joining.poll()) {
            List<Event> missed = log.after(w.position(), Integer.MAX_VALUE);
            if (missed == null) {
                w.fail(Watches.EXPIRED.status());
                watchers.decrementAndGet();
                continue;
            }
            boolean alive = true;
            for (Event e : missed) {
                alive = alive && (e.revision() > cursor || !concerns(w, e) || w.offer(e));
            }
            if (alive) {
                groups.computeIfAbsent(group(w), g -> new ArrayList<>()).add(w);
            } else {
                watchers.decrementAndGet();
            }
        }
    }

    private static String group(Watcher w) {
        String single = w.selection().single();
        return single.isEmpty() ? w.selection().prefix() : single;
    }

    private static boolean concerns(Watcher w, Event e) {
        String key = e.newest().storeKey();
        String single = w.selection().single();
        return single.isEmpty() ? key.startsWith(w.selection().prefix()) : key.equals(single);
    }

    /// Tells the next events; whether there were none.
    private boolean step() {
        long upTo = log.newest().revision();
        List<Event> events = log.after(cursor, BATCH);
        if (events == null) {
            groups.values().forEach(group -> group.forEach(w -> w.fail(Watches.EXPIRED.status())));
            groups.clear();
            watchers.set(joining.size());
            cursor = upTo;
            return false;
        }
        for (Event e : events) {
            tell(e);
            cursor = e.revision();
        }
        if (events.size() < BATCH) {
            cursor = Math.max(cursor, upTo);
        }
        return events.isEmpty();
    }

    private void tell(Event e) {
        String key = e.newest().storeKey();
        for (int slash = key.indexOf('/', Keys.ROOT.length()); slash >= 0; slash = key.indexOf('/', slash + 1)) {
            offer(key.substring(0, slash + 1), e);
        }
        offer(key, e);
        e.forgetFrames();
    }

    private void offer(String name, Event e) {
        List<Watcher> group = groups.get(name);
        if (group != null && group.removeIf(w -> !w.offer(e) && left())) {
            groups.computeIfPresent(name, (n, g) -> g.isEmpty() ? null : g);
        }
    }

    private boolean left() {
        watchers.decrementAndGet();
        return true;
    }

    private void tick() {
        long now = System.nanoTime();
        groups.values().forEach(group -> group.removeIf(w -> !w.tick(now, cursor) && left()));
        groups.values().removeIf(List::isEmpty);
    }

    /// Ends all watches in order.
    @Override
    public void close() {
        open = false;
        log.nudge();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
