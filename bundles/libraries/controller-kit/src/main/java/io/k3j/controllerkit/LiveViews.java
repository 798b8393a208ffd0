package io.k3j.controllerkit;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.model.FieldMask;
import io.k3j.model.Gvr;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// The caches of one bundle, one per resource, query and fields, shared by all its loops. Made at activation by one
/// thread.
public final class LiveViews implements AutoCloseable {
    private final InstantSource clock;
    private final Map<Subject, LiveView> views = new LinkedHashMap<>();

    private record Subject(Gvr resource, Query query, FieldMask fields) {
    }

    /// None yet.
    public LiveViews(InstantSource clock) {
        this.clock = clock;
    }

    /// The cache of all objects of a resource; the same for everybody who asks.
    public LiveView of(Gvr resource) {
        return of(resource, Query.ALL);
    }

    /// The cache of some objects of a resource: for kinds of which there are many and few matter. The same for an
    /// equal query.
    public LiveView of(Gvr resource, Query query) {
        return of(resource, query, FieldMask.ALL);
    }

    /// The same of no more than some fields of each object, for kinds of which a node keeps those of the whole
    /// cluster. Bundles of a node that read such a kind name one mask ([BuiltinResources#CLUSTER_PODS]).
    public LiveView of(Gvr resource, Query query, FieldMask fields) {
        return views.computeIfAbsent(new Subject(resource, query, fields),
                s -> new LiveView(resource, query, fields, clock));
    }

    /// Lets all of them follow a client. Does not wait until they have told what there is.
    public void attach(ApiClient api) {
        views.values().forEach(v -> v.attach(api));
    }

    /// Whether all of them have told everything present once (client-go's `WaitForCacheSync`).
    public boolean synced() {
        return views.values().stream().allMatch(LiveView::synced);
    }

    /// Ends all of them; no listener is called afterwards. They can be read on.
    @Override
    public void close() {
        views.values().forEach(LiveView::close);
    }
}
