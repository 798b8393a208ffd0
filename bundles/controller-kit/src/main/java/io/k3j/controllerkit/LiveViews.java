package io.k3j.controllerkit;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// The pictures of one bundle, one per resource and query, shared by all its loops. Made at activation by one thread.
public final class LiveViews implements AutoCloseable {
    private final InstantSource clock;
    private final Map<Subject, LiveView> views = new LinkedHashMap<>();

    private record Subject(Gvr resource, Query query) {
    }

    /// None yet.
    public LiveViews(InstantSource clock) {
        this.clock = clock;
    }

    /// The picture of all objects of a resource.
    public LiveView of(Gvr resource) {
        return of(resource, Query.ALL);
    }

    /// The picture of some objects of a resource: for kinds of which there are many and few matter.
    public LiveView of(Gvr resource, Query query) {
        return views.computeIfAbsent(new Subject(resource, query), s -> new LiveView(resource, query, clock));
    }

    /// Lets all of them follow a client.
    public void attach(ApiClient api) {
        views.values().forEach(v -> v.attach(api));
    }

    /// Whether all of them have told everything present once.
    public boolean synced() {
        return views.values().stream().allMatch(LiveView::synced);
    }

    /// Ends all of them.
    @Override
    public void close() {
        views.values().forEach(LiveView::close);
    }
}
