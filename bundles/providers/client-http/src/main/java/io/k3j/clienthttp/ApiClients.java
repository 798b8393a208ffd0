package io.k3j.clienthttp;

import io.k3j.clientapi.ApiClient;
import io.k3j.clienthttp.RemoteClient.Bearer;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Identities;
import io.k3j.componentapi.Identity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/// Creates a client for each bundle, with the identities its feature declares and this node has certificates
/// for.
final class ApiClients implements ServiceFactory<ApiClient>, AutoCloseable {
    private static final String NODE = "system:node:";
    private static final String PROXY = "system:kube-proxy";
    private static final String SUPERVISOR = "system:k3s-supervisor";

    private final Path agent;
    private final Identities identities;
    private final Reflectors reflectors;
    private final RestMetrics metrics = new RestMetrics();
    private final Map<String, Connection> connections = new ConcurrentHashMap<>();
    private final Map<ApiClient, ViewKeeper> views = new ConcurrentHashMap<>();

    /// @param agent the directory of the kubeconfigs
    ApiClients(Path agent, Identities identities, Health health) {
        this.reflectors = new Reflectors(RandomGenerator.getDefault(), health);
        this.agent = agent;
        this.identities = identities;
    }

    @Override
    public ApiClient getService(Bundle bundle, ServiceRegistration<ApiClient> registration) {
        ViewKeeper keeper = new ViewKeeper();
        ApiClient client = client(identities.of(bundle), bundle.getSymbolicName(), keeper);
        views.put(client, keeper);
        return client;
    }

    /// A client with these identities; the first is the default.
    ApiClient client(List<Identity> declared, String name, ViewKeeper keeper) {
        return new RemoteClient(bearer(declared.getFirst().user()), user -> {
            boolean known = declared.stream().anyMatch(i -> i.user().equals(user));
            if (!known || user.equals(SUPERVISOR) && Files.notExists(serverKubeConfig())) {
                throw new IllegalArgumentException(name + " may not act as " + user + " on this node");
            }
            return bearer(user);
        }, reflectors, keeper);
    }

    private Bearer bearer(String user) {
        if (user.equals(SUPERVISOR) && Files.exists(serverKubeConfig())) {
            return new Bearer(user,
                    connections.computeIfAbsent(user, u -> new Connection(serverKubeConfig(), "supervisor", metrics)));
        }
        String file = file(user);
        return new Bearer(user, connections.computeIfAbsent(file,
                f -> new Connection(agent.resolve(f + ".kubeconfig"), f, metrics)));
    }

    /// The supervisor's kubeconfig, which only a server without an API server has.
    private Path serverKubeConfig() {
        return agent.resolveSibling("server").resolve("cred/supervisor.kubeconfig");
    }

    /// The kubeconfig of K3s for a user: a node has certificates for three.
    static String file(String user) {
        return user.startsWith(NODE) ? "kubelet" : user.equals(PROXY) ? "kubeproxy" : "k3scontroller";
    }

    @Override
    public void ungetService(Bundle bundle, ServiceRegistration<ApiClient> registration, ApiClient client) {
        ViewKeeper keeper = views.remove(client);
        if (keeper != null) {
            keeper.close();
        }
    }

    /// What requests of all of them did.
    RestMetrics metrics() {
        return metrics;
    }

    /// The number of running reflectors.
    int reflectors() {
        return reflectors.size();
    }

    @Override
    public void close() {
        reflectors.close();
        connections.values().forEach(Connection::close);
    }
}
