package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Metadata views of all deletable resources. Feed the graph and report the UIDs to check.
final class GarbageViews implements AutoCloseable {
    private final ApiClient api;
    private final OwnerGraph graph;
    private final Consumer<String> enqueue;
    private final Map<Gvr, View> views = new HashMap<>();
    private final Set<Gvr> waiting = new HashSet<>();
    private List<ApiResource> resources = List.of();

    GarbageViews(ApiClient api, OwnerGraph graph, Consumer<String> enqueue) {
        this.api = api;
        this.graph = graph;
        this.enqueue = enqueue;
    }

    /// Opens views of new resources and closes those of removed ones.
    synchronized void refresh() {
        resources = api.resources();
        Set<Gvr> wanted = new HashSet<>();
        for (ApiResource resource : resources) {
            boolean event = resource.resource().resource().equals("events");
            // what other servers have cannot be viewed
            if (!event && resource.can("watch") && resource.can("list") && resource.can("delete")) {
                wanted.add(resource.resource());
            }
        }
        for (Gvr gone : List.copyOf(views.keySet())) {
            if (!wanted.contains(gone)) {
                Objects.requireNonNull(views.remove(gone)).close();
                waiting.remove(gone);
                graph.forget(gone);
            }
        }
        wanted.stream().filter(r -> !views.containsKey(r)).forEach(this::acceptsObjects);
    }

    private void acceptsObjects(Gvr resource) {
        View view = api.metadata(resource, Query.ALL);
        views.put(resource, view);
        waiting.add(resource);
        view.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                update(resource, before, after);
            }

            @Override
            public void synced() {
                markSynced(resource);
            }
        });
    }

    private void update(Gvr resource, @Nullable Obj before, @Nullable Obj after) {
        if (before != null && (after == null || !after.uid().equals(before.uid()))) {
            graph.remove(before.uid()).forEach(enqueue);
        }
        if (after != null) {
            graph.put(OwnerGraph.Node.of(resource, after)).forEach(enqueue);
        }
    }

    private synchronized void markSynced(Gvr resource) {
        waiting.remove(resource);
    }

    /// Whether every view is synced.
    synchronized boolean synced() {
        return !views.isEmpty() && waiting.isEmpty();
    }

    /// The resource of an owner reference, null when it is not served.
    synchronized @Nullable ApiResource resource(String apiVersion, String kind) {
        // so kubelets name the pods that own PodCertificateRequests; no group of others has a name without a dot
        String group = apiVersion.equals("core/v1") ? "" : Gvr.of(apiVersion, "").group();
        for (ApiResource resource : resources) {
            if (resource.kind().equals(kind) && resource.resource().group().equals(group)) {
                return resource;
            }
        }
        return null;
    }

    /// Whether there is an object with a uid, in whatever namespace. Looks at all of the resource.
    boolean has(Gvr resource, String uid) {
        View view;
        synchronized (this) {
            view = views.get(resource);
        }
        return view != null && view.readable().stream().anyMatch(o -> o.uid().equals(uid));
    }

    /// Whether an owner is an object of another server: who wants to know whether it is there waits for that server.
    boolean elsewhere(Struct owner) {
        ApiResource resource = resource(owner.text("apiVersion"), owner.text("kind"));
        return resource != null && !resource.can("watch");
    }

    @Override
    public void close() {
        List<View> open;
        synchronized (this) {
            open = List.copyOf(views.values());
            views.clear();
        }
        // outside of the lock: close waits for the listener, which may wait for the lock
        open.forEach(View::close);
    }
}
