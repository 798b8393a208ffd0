package io.k3j.controllerkit;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// The pictures of one bundle, one per resource, shared by all its loops. Made at activation by one thread.
public final class LiveViews implements AutoCloseable {
    private final InstantSource clock;
    private final Map<Gvr, LiveView> views = new LinkedHashMap<>();

    /// None yet.
    public LiveViews(InstantSource clock) {
        this.clock = clock;
    }

    /// The picture of all objects of a resource.
    public LiveView of(Gvr resource) {
        return views.computeIfAbsent(resource, r -> new LiveView(r, Query.ALL, clock));
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
