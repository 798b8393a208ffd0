package io.k3j.agent;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Obj;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The pods of this node as the API has them, followed where somebody wants to know. Any thread.
final class PodAddresses implements AutoCloseable {
    private final LiveView view;
    private @Nullable ApiClient api;
    private boolean wanted;

    /// Follows nothing yet.
    PodAddresses(String node, InstantSource clock) {
        this.view = new LiveView(BuiltinResources.PODS, Query.ALL.where("spec.nodeName", node), clock);
    }

    /// Uses this client from now on.
    synchronized void attach(ApiClient client) {
        api = client;
        if (wanted) {
            view.attach(client);
        }
    }

    /// Follows them from now on.
    synchronized void follow() {
        wanted = true;
        if (api != null) {
            view.attach(api);
        }
    }

    /// Those known now: none before the API has told them, the last known ones while it is away.
    List<Obj> list() {
        return view.list();
    }

    @Override
    public void close() {
        view.close();
    }
}
