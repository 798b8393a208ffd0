package io.k3j.admissionmatching;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// What was made of all objects of one kind, in the order of their names. Made anew for each change; reading is one
/// look. Any thread.
/// @param <T> what is made of one object
public final class ConfigurationSource<T> implements AutoCloseable, View.Listener {
    /// How long a request waits for the objects after a start, as upstream's `timeToWaitForReady`.
    private static final long PATIENCE_MILLIS = 10_000;
    private final ApiClient api;
    private final Gvr resource;
    private final BiFunction<Obj, @Nullable T, T> made;
    private final Runnable changed;
    private final CountDownLatch read = new CountDownLatch(1);
    /// For the listener's thread.
    private final TreeMap<String, T> all = new TreeMap<>();
    private @Nullable View view;
    private boolean closed;
    private volatile @Nullable List<T> known;

    /// @param resource of the objects, which belong to no namespace
    /// @param made of an object, by what was made of the last state of it
    /// @param changed told after each change, on a thread that may block shortly
    public ConfigurationSource(ApiClient api, Gvr resource, BiFunction<Obj, @Nullable T, T> made, Runnable changed) {
        this.api = api;
        this.resource = resource;
        this.made = made;
        this.changed = changed;
    }

    /// All of them, null when they have not been read yet.
    public @Nullable List<T> known() {
        return known;
    }

    /// All of them; waits a moment for them after the start.
    /// @throws ApiFault 503 when they cannot be read
    public List<T> all() {
        List<T> now = known;
        if (now != null) {
            return now;
        }
        begin();
        try {
            if (read.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                now = known;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (now == null) {
            throw ApiFault.unavailable("not yet ready to handle request: the " + resource.resource()
                    + " have not been read");
        }
        return now;
    }

    /// Begins to follow them, with the first request: then the kind is served.
    private synchronized void begin() {
        if (view == null && !closed) {
            View opened = api.view(resource, Query.ALL);
            view = opened;
            opened.listen(this);
        }
    }

    @Override
    public void changed(@Nullable Obj before, @Nullable Obj after) {
        if (after != null) {
            all.put(after.name(), made.apply(after, all.get(after.name())));
        } else if (before != null) {
            all.remove(before.name());
        }
        if (known != null) {
            publish();
        }
    }

    @Override
    public void synced() {
        publish();
        read.countDown();
    }

    private void publish() {
        known = List.copyOf(all.values());
        changed.run();
    }

    @Override
    public void close() {
        View opened;
        synchronized (this) {
            closed = true;
            opened = view;
        }
        if (opened != null) {
            opened.close();
        }
    }
}
