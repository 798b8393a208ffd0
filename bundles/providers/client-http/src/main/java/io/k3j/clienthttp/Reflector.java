package io.k3j.clienthttp;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ObjList;
import io.k3j.clienthttp.Connection.Request;
import io.k3j.clienthttp.RemoteClient.Bearer;
import io.k3j.clienthttp.WatchFrames.Frame;
import io.k3j.codec.MalformedInput;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.model.FieldMask;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
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

/// Keeps the objects one query selects up to date for all views of it; client-go's Reflector with its store.
///
/// ```
///   list ──► watch from its revision ──► event, bookmark: the revision advances
///    ▲          │ ended, broken: watch again from there, immediately, then after growing pauses
///    └──────────┘ 410 Expired: list again and report only the difference
/// ```
final class Reflector implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.clienthttp");
    /// The server ends a watch after this time, up to twice as long: the spread keeps the watches of many nodes
    /// from ending together.
    private static final int WATCH_SECONDS = 300;
    /// A watch that lasted this long counts as a success for the back-off.
    private static final long HEALTHY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Question question;
    private final Gvr resource;
    private final FieldMask fields;
    private final SharedValues shared = new SharedValues();
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

    /// Starts to list under an identity.
    Reflector(Question question, Bearer bearer, RandomGenerator random, Health health) {
        this.question = question;
        this.resource = question.resource();
        this.fields = question.fields();
        this.bearer = bearer;
        this.random = random;
        this.backoff = new Backoff(random);
        this.loop = SupervisedLoop.virtual(health, "client-reflector-" + resource.resource(), this::run).start();
    }

    /// Runs again after a failure, and lists again then.
    private void run() throws InterruptedException {
        expired = true;
        while (closed.getCount() > 0) {
            long pause = listAndWatch();
            if (pause > 0 && closed.await(pause, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    /// Lists if needed, then watches until the watch ends.
    /// @return the pause before the next round, in milliseconds
    private long listAndWatch() {
        long start = System.nanoTime();
        try {
            if (expired) {
                Bearer lister = bearer;
                ObjList list = Pages.all(lister.connection(), question, this::kept);
                allowed.add(lister);
                replace(list);
                expired = false;
                recovered();
            }
            watch();
        } catch (ApiFault fault) {
            expired |= fault.code() == 410;
            failed(fault);
            if (fault.code() == 410) {
                return 0;
            }
        } catch (IOException | UncheckedIOException | MalformedInput | NumberFormatException broken) {
            LOG.log(Level.DEBUG, "Watch cut resource=" + resource.qualified() + " revision=" + revision, broken);
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
            LOG.log(level,
                    "Watch not established yet resource=" + resource.qualified() + " user=" + bearer.user() + " error="
                            + fault.getMessage());
        }
        if (fault.code() == 403 || fault.code() == 401) {
            useNextIdentity();
        }
    }

    private void recovered() {
        trouble = "";
    }

    /// Another view's identity may be allowed what this one is not.
    private synchronized void useNextIdentity() {
        List<Bearer> all = views.stream().map(RemoteView::bearer).distinct().toList();
        if (!all.isEmpty()) {
            bearer = all.get((all.indexOf(bearer) + 1) % all.size());
        }
    }

    private void watch() throws IOException {
        Request request = Request.get(RequestPaths.of(resource, question.query().namespace()).with(question.query())
                .with("watch", "true").with("allowWatchBookmarks", "true")
                .with("resourceVersion", Long.toString(revision))
                .with("timeoutSeconds", Integer.toString(WATCH_SECONDS + random.nextInt(WATCH_SECONDS))).toString());
        try (InputStream body = bearer.connection().open(request);
                WatchFrames frames = new WatchFrames(body, fields)) {
            backoff.opened();
            recovered();
            for (Frame frame = frames.next(); frame != null && closed.getCount() > 0; frame = frames.next()) {
                apply(frame);
            }
        }
    }

    private synchronized void apply(Frame frame) {
        Obj object = frame.object();
        Key key = object.key();
        switch (frame.type()) {
            case "ADDED", "MODIFIED" -> update(key, kept(object));
            case "DELETED" -> update(key, null);
            default -> LOG.log(Level.TRACE, "Bookmark resource={0}", resource.qualified());
        }
        revision = Math.max(revision, object.revision());
    }

    /// Replaces the state by a list. The first list is reported as a whole, later ones as the difference.
    private synchronized void replace(ObjList list) {
        Map<Key, Obj> now = new HashMap<>();
        list.items().forEach(o -> now.put(o.key(), o));
        List<Key> deleted = objects.keySet().stream().filter(k -> !now.containsKey(k)).toList();
        deleted.forEach(k -> update(k, null));
        List<Obj> changed = new ArrayList<>(list.items());
        changed.removeIf(o -> {
            Obj known = objects.get(o.key());
            return known != null && known.revision() == o.revision() && known.uid().equals(o.uid());
        });
        changed.sort(Comparator.comparingLong(Obj::revision));
        changed.forEach(o -> update(o.key(), o));
        revision = list.revision();
        if (synced.getCount() > 0) {
            synced.countDown();
            views.forEach(v -> v.begin(List.copyOf(objects.values())));
        }
    }

    /// What is kept of an object that has just been read. Where that is little, pods of a Deployment share most of it.
    private Obj kept(Obj object) {
        return fields.everything() ? object : shared.of(object);
    }

    /// Whether nothing that is kept has changed.
    boolean same(@Nullable Obj known, Obj now) {
        return known != null && (fields.everything() ? known.equals(now) : known.tree().equals(now.tree()));
    }

    private void update(Key key, @Nullable Obj after) {
        Obj before = objects.get(key);
        if (after != null && before != null && same(before, after)) {
            objects.put(key, before.withRevision(after.revision()));
            return;
        }
        if (after == null) {
            objects.remove(key);
        } else {
            objects.put(key, after);
        }
        if (synced.getCount() == 0 && (before != null || after != null)) {
            views.forEach(v -> v.offer(new RemoteView.Change(before, after)));
        }
    }

    /// Adds a view.
    synchronized void add(RemoteView view) {
        views.add(view);
    }

    /// Removes a view.
    /// @return whether it was the last
    synchronized boolean remove(RemoteView view) {
        views.remove(view);
        return views.isEmpty();
    }

    /// Starts to deliver changes to a view, beginning with the present objects if they are known.
    synchronized void listened(RemoteView view) {
        if (synced.getCount() == 0) {
            view.begin(List.copyOf(objects.values()));
        }
    }

    /// The present objects, for a view that has lost changes; clears its queue, which they supersede.
    synchronized Map<Key, Obj> caughtUp(RemoteView view) {
        view.forget();
        return Map.copyOf(objects);
    }

    /// The selected objects as of the newest event; a live map. Blocks up to ten seconds for the first list.
    /// @throws ApiFault 503 when it is not complete by then
    Map<Key, Obj> objects() {
        try {
            if (synced.await(RemoteView.FIRST_LIST_SECONDS, TimeUnit.SECONDS)) {
                return objects;
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        throw ApiFault
                .unavailable("the " + resource.qualified() + " are not known yet: the API server does not answer");
    }

    /// The newest revision applied.
    long revision() {
        return revision;
    }

    /// Whether this identity was allowed to list.
    boolean allowed(Bearer lister) {
        return allowed.contains(lister);
    }

    Gvr resource() {
        return resource;
    }

    Question question() {
        return question;
    }

    /// Ends the watch. Does not block: who closes several of them waits for all with [#awaitEnd].
    @Override
    public void close() {
        closed.countDown();
        loop.interrupt();
    }

    /// Waits until `deadline` for the end of one that was closed; without effect while it goes on.
    void awaitEnd(long deadline) {
        if (closed.getCount() == 0) {
            loop.stop(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
    }
}
