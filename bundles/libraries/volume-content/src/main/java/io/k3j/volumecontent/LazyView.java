package io.k3j.volumecontent;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Gvr;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A view of one resource of `certificates.k8s.io`, which is opened when it is first asked for: few pods need one, and
/// few API servers serve these resources. Any thread.
final class LazyView implements AutoCloseable {
    private final ApiClient api;
    private final String plural;
    private final Query query;
    private final InstantSource clock;
    private final View.Listener listener;
    private @Nullable LiveView view;
    /// The one that is followed, null while there is none.
    private @Nullable ApiClient followed;
    private boolean closed;

    /// Opens nothing yet.
    ///
    /// @param api asked which version is served
    /// @param listener called on the view's thread, which it must not block
    LazyView(ApiClient api, String plural, Query query, InstantSource clock, View.Listener listener) {
        this.api = api;
        this.plural = plural;
        this.query = query;
        this.clock = clock;
        this.listener = listener;
    }

    /// For calls while the view is not synced.
    ApiClient api() {
        return api;
    }

    /// Follows this API from now on, instead of any before.
    synchronized void attach(ApiClient fresh) {
        followed = fresh;
        if (view != null) {
            view.attach(fresh);
        }
    }

    /// Stands still from now on.
    synchronized void detach() {
        followed = null;
        if (view != null) {
            view.detach();
        }
    }

    /// The view; empty where no version is served, and after [#close]. Which version is served is asked outside the
    /// lock: it may take a call.
    ///
    /// @throws io.k3j.clientapi.ApiFault while the API cannot say what it serves
    Optional<LiveView> view() {
        Optional<LiveView> known = known();
        return known.isPresent() ? known : served().flatMap(this::opened);
    }

    private synchronized Optional<LiveView> known() {
        return closed ? Optional.empty() : Optional.ofNullable(view);
    }

    private Optional<Gvr> served() {
        return api.resources().stream().map(ApiResource::resource)
                .filter(r -> r.group().equals("certificates.k8s.io") && r.resource().equals(plural)).findFirst();
    }

    private synchronized Optional<LiveView> opened(Gvr resource) {
        if (!closed && view == null) {
            LiveView fresh = new LiveView(resource, query, clock);
            fresh.listen(listener);
            if (followed != null) {
                fresh.attach(followed);
            }
            view = fresh;
        }
        return known();
    }

    /// Ends the view.
    @Override
    public synchronized void close() {
        closed = true;
        if (view != null) {
            view.close();
        }
    }
}
