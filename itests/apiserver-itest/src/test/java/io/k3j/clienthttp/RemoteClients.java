package io.k3j.clienthttp;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Identity;
import java.nio.file.Path;
import java.util.List;

/// The remote client without a framework: reads `kubelet.kubeconfig` and its like in a directory.
public final class RemoteClients implements AutoCloseable {
    private final ApiClients clients;
    private final ViewKeeper views = new ViewKeeper();

    /// Reads kubeconfigs below this directory.
    public RemoteClients(Path directory) {
        clients = new ApiClients(directory, bundle -> List.of(), Health.none());
    }

    /// A client for a bundle that declares these users.
    public ApiClient client(String... users) {
        return clients.client(List.of(users).stream().map(u -> new Identity(u, List.of())).toList(), "test", views);
    }

    /// How many lists and watches run.
    public int reflectors() {
        return clients.reflectors();
    }

    @Override
    public void close() {
        views.close();
        clients.close();
    }
}
