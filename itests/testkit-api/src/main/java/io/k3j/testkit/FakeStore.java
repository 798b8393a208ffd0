package io.k3j.testkit;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// What is stored, with one revision counter for everything, and who is to be told.
final class FakeStore {
    private final Map<Gvr, TreeMap<Key, Obj>> tables = new HashMap<>();
    private final List<FakeView> views = new CopyOnWriteArrayList<>();
    private final boolean live;
    private long revision = 1;

    /// @param live whether each view has a thread that tells its listener, as those of real clients
    FakeStore(boolean live) {
        this.live = live;
    }

    boolean live() {
        return live;
    }

    synchronized long revision() {
        return revision;
    }

    synchronized Optional<Obj> find(Gvr resource, Key key) {
        return Optional.ofNullable(table(resource).get(key));
    }

    synchronized Obj get(Gvr resource, Key key) {
        return find(resource, key).orElseThrow(() -> ApiFault.notFound(resource, key.name()));
    }

    synchronized List<Obj> list(Gvr resource, Query query) {
        List<Obj> found = new ArrayList<>();
        for (Obj o : table(resource).values()) {
            if (Selection.matches(query, o)) {
                found.add(o);
            }
        }
        return found;
    }

    synchronized Obj put(Gvr resource, Obj object) {
        Obj stored = object.withRevision(++revision);
        @Nullable
        Obj before = table(resource).put(stored.key(), stored);
        tell(resource, before, stored);
        return stored;
    }

    synchronized void remove(Gvr resource, Key key) {
        @Nullable
        Obj before = table(resource).remove(key);
        if (before != null) {
            revision++;
            tell(resource, before, null);
        }
    }

    synchronized FakeView open(Gvr resource, Query query) {
        FakeView view = new FakeView(this, resource, query);
        views.add(view);
        return view;
    }

    void forget(FakeView view) {
        views.remove(view);
    }

    /// Delivers what waits in all views, once around.
    boolean deliver() {
        boolean some = false;
        for (FakeView view : views) {
            some |= view.deliver();
        }
        return some;
    }

    /// Ends the threads of all views.
    void close() {
        views.forEach(FakeView::close);
    }

    private void tell(Gvr resource, @Nullable Obj before, @Nullable Obj after) {
        for (FakeView view : views) {
            if (view.resource().equals(resource)) {
                view.changed(before, after);
            }
        }
        notifyAll();
    }

    private TreeMap<Key, Obj> table(Gvr resource) {
        return tables.computeIfAbsent(resource, r -> new TreeMap<>());
    }
}
