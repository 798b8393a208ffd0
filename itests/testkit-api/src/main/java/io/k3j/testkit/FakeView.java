package io.k3j.testkit;

import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// A view of the fake: changes wait in line until they are delivered.
final class FakeView implements View {
    private record Change(@Nullable Obj before, @Nullable Obj after, boolean synced) {
    }

    private final FakeStore store;
    private final Gvr resource;
    private final Query query;
    private final Queue<Change> line = new ArrayDeque<>();
    private @Nullable Listener listener;
    private boolean closed;

    FakeView(FakeStore store, Gvr resource, Query query) {
        this.store = store;
        this.resource = resource;
        this.query = query;
    }

    Gvr resource() {
        return resource;
    }

    /// Under the store's lock.
    void changed(@Nullable Obj before, @Nullable Obj after) {
        @Nullable
        Obj was = before != null && Selection.matches(query, before) ? before : null;
        @Nullable
        Obj is = after != null && Selection.matches(query, after) ? after : null;
        if (listener != null && (was != null || is != null)) {
            line.add(new Change(was, is, false));
        }
    }

    private void deliverForever() {
        try {
            while (awaited()) {
                deliver();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaited() throws InterruptedException {
        synchronized (store) {
            while (!closed && line.isEmpty()) {
                store.wait();
            }
            return !closed;
        }
    }

    /// Tells the listener what waits; never under the store's lock.
    boolean deliver() {
        boolean some = false;
        for (Change next = next(); next != null; next = next()) {
            some = true;
            Listener to = listener;
            if (to != null && next.synced()) {
                to.synced();
            } else if (to != null) {
                to.changed(next.before(), next.after());
            }
        }
        return some;
    }

    private @Nullable Change next() {
        synchronized (store) {
            return closed ? null : line.poll();
        }
    }

    @Override
    public long revision() {
        return store.revision();
    }

    @Override
    public Optional<Obj> get(Key key) {
        return store.find(resource, key).filter(o -> Selection.matches(query, o));
    }

    @Override
    public Collection<Obj> list() {
        return store.list(resource, query);
    }

    @Override
    public Collection<Obj> list(String namespace) {
        return store.list(resource, query).stream().filter(o -> o.namespace().equals(namespace)).toList();
    }

    @Override
    public void listen(Listener to) {
        synchronized (store) {
            if (listener != null) {
                throw new IllegalStateException("a view has one listener");
            }
            listener = to;
            List<Obj> present = store.list(resource, query);
            present.forEach(o -> line.add(new Change(null, o, false)));
            line.add(new Change(null, null, true));
        }
        if (store.live()) {
            Thread.ofVirtual().name("fake-view").start(this::deliverForever);
        }
    }

    @Override
    public void close() {
        synchronized (store) {
            closed = true;
            store.forget(this);
            store.notifyAll();
        }
    }
}
