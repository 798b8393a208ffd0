package io.k3j.admissionmatching;

import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The Namespace object a request is in, by whose labels policies and webhooks are asked of it (Kubernetes: "Dynamic
/// Admission Control", `namespaceSelector`). As a view shows it, which has all that this server has acknowledged; one
/// that it does not show yet is looked for, since another server may just have made it. The same for the whole try of a
/// write. Any thread.
public final class RequestNamespace implements AutoCloseable {
    private static final Gvr NAMESPACES = Gvr.of("v1", "namespaces");
    private final ApiClient api;
    private @Nullable View view;
    private boolean closed;

    /// Opens its view with the first question.
    public RequestNamespace(ApiClient api) {
        this.api = api;
    }

    /// It. May wait for the view, and for the datastore.
    /// @throws ApiFault 404 when it is not there; 503 when it cannot be known
    public Obj of(Write write, String name) {
        return (Obj) write.context().notes().computeIfAbsent(Map.entry("admission.namespace", name),
                _ -> read(Key.of(name)));
    }

    private Obj read(Key name) {
        return view().get(name).or(() -> api.find(NAMESPACES, name))
                .orElseThrow(() -> ApiFault.notFound(NAMESPACES, name.name()));
    }

    private synchronized View view() {
        if (closed) {
            throw ApiFault.unavailable("admission is being replaced");
        }
        View open = view;
        if (open == null) {
            open = api.view(NAMESPACES, Query.ALL);
            view = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (view != null) {
            view.close();
        }
    }
}
