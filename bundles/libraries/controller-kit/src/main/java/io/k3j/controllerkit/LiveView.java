package io.k3j.controllerkit;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.FieldMask;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A cache of some objects that outlives the [ApiClient] it comes from: while no client is attached it stands still
/// and says since when; when the next one comes, listeners hear exactly the difference. It holds values of `model`
/// only, so it keeps no other bundle's loader alive.
///
/// **Guarantees.**
/// 1. Listeners hear every object present, then every change of what is kept, in order, each once, one call at a time.
/// 2. What a listener was told is found by [#get], [#list] and [#by].
/// 3. Everything up to [#revision] is found by [#get], [#list] and [#by], and nothing newer has been told but while a
/// client tells what is present: that comes in no order.
///
/// **Threads.** Reading: any. Listeners are called on the view's own thread, or on the thread of [#listen] and
/// [#attach] for what is present.
public final class LiveView implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.controllerkit");
    private static final String NAMESPACE = "";
    /// How often a client that refuses for now is asked again.
    private static final long RETRY_MILLIS = 50;

    private final Gvr resource;
    private final Query query;
    private final FieldMask fields;
    private final InstantSource clock;
    private final Object telling = new Object();
    private final Map<Key, Obj> objects = new ConcurrentHashMap<>();
    private final Map<String, ViewIndex> indexes = new ConcurrentHashMap<>();
    private final List<View.Listener> listeners = new CopyOnWriteArrayList<>();
    private @Nullable View view;
    private @Nullable Feed feed;
    private @Nullable Semaphore attempt;
    private volatile boolean synced;
    private volatile @Nullable Instant staleSince;
    private volatile long revision;

    /// A cache of what `query` selects, empty until a client is attached.
    public LiveView(Gvr resource, Query query, InstantSource clock) {
        this(resource, query, FieldMask.ALL, clock);
    }

    /// The same, which keeps no more than some fields of each object ([ApiClient#view(Gvr, Query, FieldMask)]) and
    /// tells nobody of changes of the rest.
    public LiveView(Gvr resource, Query query, FieldMask fields, InstantSource clock) {
        this.resource = resource;
        this.query = query;
        this.fields = fields;
        this.clock = clock;
        this.staleSince = clock.instant();
        indexes.put(NAMESPACE, new ViewIndex(o -> List.of(o.namespace())));
    }

    /// Which resource this is a cache of.
    public Gvr resource() {
        return resource;
    }

    /// Adds a way to find objects by values computed from them. Before the first client is attached.
    public LiveView index(String name, Function<Obj, Collection<String>> values) {
        indexes.computeIfAbsent(name, n -> new ViewIndex(values));
        return this;
    }

    /// Adds a listener; it is told everything present first.
    public void listen(View.Listener listener) {
        synchronized (telling) {
            objects.values().forEach(o -> listener.changed(null, o));
            if (synced) {
                listener.synced();
            }
            listeners.add(listener);
        }
    }

    /// Follows this client from now on, instead of any before. A client that refuses for now, as an API server does
    /// while its authorizers are on their way, is asked again until it gives or is replaced.
    public void attach(ApiClient api) {
        detach();
        Semaphore mine = new Semaphore(0);
        synchronized (telling) {
            attempt = mine;
        }
        if (!follow(api, mine)) {
            Thread.ofVirtual().name("view-" + resource.resource()).start(() -> insist(api, mine));
        }
    }

    private void insist(ApiClient api, Semaphore mine) {
        try {
            boolean over = mine.tryAcquire(RETRY_MILLIS, TimeUnit.MILLISECONDS);
            while (!over && !follow(api, mine)) {
                over = mine.tryAcquire(RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whether there is nothing more to try.
    private boolean follow(ApiClient api, Semaphore mine) {
        View next;
        try {
            next = api.view(resource, query, fields);
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.DEBUG, "View not established yet resource={0} error={1}", resource.qualified(),
                    e.getMessage());
            return false;
        }
        Feed told = new Feed(next);
        synchronized (telling) {
            if (attempt != mine) {
                next.close();
                return true;
            }
            view = next;
            feed = told;
        }
        next.listen(told);
        return true;
    }

    /// Stands still from now on. No listener is called any more when it returns.
    public void detach() {
        @Nullable
        View old;
        synchronized (telling) {
            old = view;
            view = null;
            feed = null;
            if (attempt != null) {
                attempt.release();
                attempt = null;
            }
            if (staleSince == null) {
                staleSince = clock.instant();
            }
        }
        if (old != null) {
            old.close();
        }
    }

    /// Same as [#detach].
    @Override
    public void close() {
        detach();
    }

    /// Whether everything present was told at least once.
    public boolean synced() {
        return synced;
    }

    /// Since when the cache stands still; empty while a client is attached and has told everything.
    public Optional<Instant> staleSince() {
        return Optional.ofNullable(staleSince);
    }

    /// The revision up to which this is complete.
    public long revision() {
        return revision;
    }

    /// One object.
    public Optional<Obj> get(Key key) {
        return Optional.ofNullable(objects.get(key));
    }

    /// All objects, a cache without order.
    public List<Obj> list() {
        return List.copyOf(objects.values());
    }

    /// All objects of a namespace, a cache without order.
    public List<Obj> list(String namespace) {
        return by(NAMESPACE, namespace);
    }

    /// The objects that have a value in an index, a cache without order.
    /// @throws IllegalArgumentException when there is no such index
    public List<Obj> by(String index, String value) {
        ViewIndex i = indexes.get(index);
        if (i == null) {
            throw new IllegalArgumentException("no index " + index + " of " + resource.qualified());
        }
        return i.find(value);
    }

    private void tell(@Nullable Obj before, @Nullable Obj after) {
        keep(before, after);
        listeners.forEach(l -> l.changed(before, after));
    }

    private void keep(@Nullable Obj before, @Nullable Obj after) {
        Obj one = after != null ? after : before;
        if (one == null) {
            return;
        }
        if (after == null) {
            objects.remove(one.key());
        } else {
            objects.put(one.key(), after);
        }
        indexes.values().forEach(i -> i.change(before, after));
        if (after != null && feed != null && feed.seen == null) {
            reached(after.revision());
        }
    }

    /// After objects and indexes: whoever reads the revision looks there for what it covers.
    private void reached(long now) {
        revision = Math.max(revision, now);
    }

    /// What one client's view tells; deaf once another has taken its place.
    private final class Feed implements View.Listener {
        /// What is told first has all of this; where the view stands later may be ahead of what it has told.
        private final long start;
        private long newest;
        private @Nullable Set<Key> seen = new HashSet<>();

        Feed(View from) {
            this.start = from.revision();
        }

        @Override
        public void changed(@Nullable Obj before, @Nullable Obj after) {
            synchronized (telling) {
                if (feed != this) {
                    return;
                }
                Key key = after != null ? after.key() : before != null ? before.key() : Key.of("");
                if (seen != null) {
                    seen.add(key);
                    newest = Math.max(newest, after == null ? 0 : after.revision());
                }
                take(objects.get(key), after == null ? null : fields.of(after));
            }
        }

        /// The tree that is kept stays where another revision has the same: what was decoded later is garbage then.
        private void take(@Nullable Obj known, @Nullable Obj now) {
            boolean news = now == null ? known != null : known == null || known.revision() != now.revision();
            if (news && known != null && now != null && !fields.everything() && known.tree().equals(now.tree())) {
                keep(known, known.withRevision(now.revision()));
            } else if (news) {
                View.tell(LiveView.this::tell, known, now);
            }
        }

        @Override
        public void synced() {
            synchronized (telling) {
                Set<Key> present = seen;
                if (feed != this || present == null) {
                    return;
                }
                List<Obj> gone = new ArrayList<>(objects.values());
                gone.removeIf(o -> present.contains(o.key()));
                gone.forEach(o -> tell(o, null));
                seen = null;
                reached(Math.max(start, newest));
                synced = true;
                staleSince = null;
                listeners.forEach(View.Listener::synced);
            }
        }
    }
}
