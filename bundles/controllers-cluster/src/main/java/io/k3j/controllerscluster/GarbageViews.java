package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Views of everything that can be deleted, as many as there are resources now. Feeds the graph and tells
/// the uids that are due.
final class GarbageViews implements AutoCloseable {
    private final ApiClient api;
    private final GarbageGraph graph;
    private final Consumer<String> due;
    private final Map<Gvr, View> views = new HashMap<>();
    private final Set<Gvr> waiting = new HashSet<>();
    private List<ApiResource> resources = List.of();

    GarbageViews(ApiClient api, GarbageGraph graph, Consumer<String> due) {
        this.api = api;
        this.graph = graph;
        this.due = due;
    }

    /// Opens views of new resources and closes those of gone ones.
    synchronized void refresh() {
        resources = api.resources();
        Set<Gvr> wanted = new HashSet<>();
        for (ApiResource resource : resources) {
            boolean event = resource.resource().resource().equals("events");
            if (!event && resource.can("list") && resource.can("watch") && resource.can("delete")) {
                wanted.add(resource.resource());
            }
        }
        for (Gvr gone : List.copyOf(views.keySet())) {
            if (!wanted.contains(gone)) {
                views.remove(gone).close();
                waiting.remove(gone);
                graph.forget(gone);
            }
        }
        wanted.stream().filter(r -> !views.containsKey(r)).forEach(this::open);
    }

    private void open(Gvr resource) {
        View view = api.metadata(resource, Query.ALL);
        views.put(resource, view);
        waiting.add(resource);
        view.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                told(resource, before, after);
            }

            @Override
            public void synced() {
                told(resource);
            }
        });
    }

    private void told(Gvr resource, @Nullable Obj before, @Nullable Obj after) {
        if (before != null && (after == null || !after.uid().equals(before.uid()))) {
            graph.remove(before.uid()).forEach(due);
        }
        if (after != null) {
            graph.put(GarbageGraph.Node.of(resource, after)).forEach(due);
        }
    }

    private synchronized void told(Gvr resource) {
        waiting.remove(resource);
    }

    /// Whether every view has told what is present.
    synchronized boolean synced() {
        return !views.isEmpty() && waiting.isEmpty();
    }

    /// The resource of an owner reference, null when nobody serves it now.
    synchronized @Nullable ApiResource resource(String apiVersion, String kind) {
        String group = Gvr.of(apiVersion, "").group();
        for (ApiResource resource : resources) {
            if (resource.kind().equals(kind) && resource.resource().group().equals(group)) {
                return resource;
            }
        }
        return null;
    }

    @Override
    public void close() {
        List<View> open;
        synchronized (this) {
            open = List.copyOf(views.values());
            views.clear();
        }
        // outside of the lock: a view waits for its listener, which may wait for the lock
        open.forEach(View::close);
    }
}
