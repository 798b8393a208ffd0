package io.k3j.clienthttp;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ObjList;
import io.k3j.clientapi.Query;
import io.k3j.clienthttp.Connection.Ask;
import io.k3j.clienthttp.RemoteClient.Bearer;
import io.k3j.clienthttp.WatchFrames.Frame;
import io.k3j.codec.MalformedInput;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What one query selects, kept up to date for all views of it.
///
/// ```
///   list ──► watch from its revision ──► event, bookmark: revision moves on
///    ▲          │ ended, cut: watch again from there, at once, then after longer and longer pauses
///    └──────────┘ 410 Expired: list again and tell the difference only
/// ```
final class Reflector implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.clienthttp");
    /// The server ends a watch after so long; a spread keeps a fleet's from ending together.
    private static final int WATCH_SECONDS = 300;
    /// A watch that lasted so long ended in good health.
    private static final long HEALTHY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Gvr resource;
    private final Query query;
    private final RandomGenerator random;
    private final Map<Key, Obj> objects = new ConcurrentHashMap<>();
    private final Set<RemoteView> views = new LinkedHashSet<>();
    private final Set<Bearer> allowed = ConcurrentHashMap.newKeySet();
    private final CountDownLatch synced = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Backoff backoff;
    private final SupervisedLoop loop;
    private volatile Bearer bearer;
    private volatile long revision;
    private boolean expired;
    private String trouble = "";

    /// Begins to list under an identity.
    Reflector(Gvr resource, Query query, Bearer bearer, RandomGenerator random, Health health) {
        this.resource = resource;
        this.query = query;
        this.bearer = bearer;
        this.random = random;
        this.backoff = new Backoff(random);
        this.loop = SupervisedLoop.virtual(health, "client-reflector-" + resource.resource(), this::run).start();
    }

    /// Called again after a failure: then it lists anew.
    private void run() throws InterruptedException {
        expired = true;
        while (closed.getCount() > 0) {
            long pause = round();
            if (pause > 0 && closed.await(pause, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    /// Lists if need be, then follows until the watch ends.
    /// @return how many milliseconds to wait before the next round
    private long round() {
        long start = System.nanoTime();
        try {
            if (expired) {
                Bearer asker = bearer;
                ObjList list = Pages.all(asker.connection(), resource, query);
                allowed.add(asker);
                begin(list);
                expired = false;
                recovered();
            }
            follow();
        } catch (ApiFault fault) {
            expired |= fault.code() == 410;
            failed(fault);
            if (fault.code() == 410) {
                return 0;
            }
        } catch (IOException | UncheckedIOException | MalformedInput | NumberFormatException cut) {
            LOG.log(Level.DEBUG, "watch cut resource=" + resource.qualified() + " revision=" + revision, cut);
        }
        if (System.nanoTime() - start > HEALTHY_NANOS) {
            backoff.reset();
        }
        return backoff.next();
    }

    private void failed(ApiFault fault) {
        if (closed.getCount() > 0 && !trouble.equals(fault.reason())) {
            trouble = fault.reason();
            Level level = fault.code() == 410 || fault.code() == 503 ? Level.DEBUG : Level.WARNING;
            LOG.log(level, "no watch yet resource=" + resource.qualified() + " user=" + bearer.user() + " error="
                    + fault.getMessage());
        }
        if (fault.code() == 403 || fault.code() == 401) {
            turn();
        }
    }

    private void recovered() {
        trouble = "";
    }

    /// Another view's identity may be allowed what this one is not.
    private synchronized void turn() {
        List<Bearer> all = views.stream().map(RemoteView::bearer).distinct().toList();
        if (!all.isEmpty()) {
            bearer = all.get((all.indexOf(bearer) + 1) % all.size());
        }
    }

    private void follow() throws IOException {
        Ask ask = Ask.get(Paths.of(resource, query.namespace()).with(query).with("watch", "true")
                .with("allowWatchBookmarks", "true").with("resourceVersion", Long.toString(revision))
                .with("timeoutSeconds", Integer.toString(WATCH_SECONDS + random.nextInt(WATCH_SECONDS))).toString());
        try (InputStream body = bearer.connection().open(ask); WatchFrames frames = new WatchFrames(body)) {
            backoff.opened();
            recovered();
            for (Frame frame = frames.next(); frame != null && closed.getCount() > 0; frame = frames.next()) {
                take(frame);
            }
        }
    }

    private synchronized void take(Frame frame) {
        Obj object = frame.object();
        Key key = object.key();
        switch (frame.type()) {
            case "ADDED", "MODIFIED" -> tell(key, object);
            case "DELETED" -> tell(key, null);
            default -> LOG.log(Level.TRACE, "bookmark resource={0}", resource.qualified());
        }
        revision = Math.max(revision, object.revision());
    }

    /// The whole truth at one revision: the first time everything is news, later the difference is.
    private synchronized void begin(ObjList list) {
        Map<Key, Obj> now = new HashMap<>();
        list.items().forEach(o -> now.put(o.key(), o));
        List<Key> gone = objects.keySet().stream().filter(k -> !now.containsKey(k)).toList();
        gone.forEach(k -> tell(k, null));
        List<Obj> news = new ArrayList<>(list.items());
        news.removeIf(o -> {
            Obj known = objects.get(o.key());
            return known != null && known.revision() == o.revision() && known.uid().equals(o.uid());
        });
        news.sort(Comparator.comparingLong(Obj::revision));
        news.forEach(o -> tell(o.key(), o));
        revision = list.revision();
        if (synced.getCount() > 0) {
            synced.countDown();
            views.forEach(v -> v.begin(List.copyOf(objects.values())));
        }
    }

    private void tell(Key key, @Nullable Obj after) {
        Obj before = after == null ? objects.remove(key) : objects.put(key, after);
        if (synced.getCount() == 0 && (before != null || after != null)) {
            views.forEach(v -> v.offer(new RemoteView.Change(before, after)));
        }
    }

    /// One more view.
    synchronized void add(RemoteView view) {
        views.add(view);
    }

    /// One view less.
    /// @return whether it was the last
    synchronized boolean remove(RemoteView view) {
        views.remove(view);
        return views.isEmpty();
    }

    /// Begins to tell a view of changes, with what is there now if that is known.
    synchronized void listened(RemoteView view) {
        if (synced.getCount() == 0) {
            view.begin(List.copyOf(objects.values()));
        }
    }

    /// What is there now, for a view that could not keep up; what is queued for it is part of that.
    synchronized Map<Key, Obj> caughtUp(RemoteView view) {
        view.forget();
        return Map.copyOf(objects);
    }

    /// Everything selected, as of the newest event. Before the first list has come it blocks for a while.
    /// @throws ApiFault 503 when it does not come
    Map<Key, Obj> objects() {
        try {
            if (synced.await(RemoteView.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return objects;
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        throw ApiFault
                .unavailable("the " + resource.qualified() + " are not known yet: the API server does not answer");
    }

    /// The newest revision told.
    long revision() {
        return revision;
    }

    /// Whether a list has been answered to this identity.
    boolean allowed(Bearer asker) {
        return allowed.contains(asker);
    }

    Gvr resource() {
        return resource;
    }

    Query query() {
        return query;
    }

    @Override
    public void close() {
        closed.countDown();
        loop.interrupt();
    }
}
