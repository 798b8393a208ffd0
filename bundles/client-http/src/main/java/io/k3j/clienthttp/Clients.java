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

/// Gives each bundle its own client, under the identities its feature declares and this node has
/// certificates for.
final class Clients implements ServiceFactory<ApiClient>, AutoCloseable {
    private static final String NODE = "system:node:";
    private static final String PROXY = "system:kube-proxy";
    private static final String SERVERS_ONLY = "system:k3s-supervisor";

    private final Path agent;
    private final Identities identities;
    private final Reflectors reflectors;
    private final Map<String, Connection> connections = new ConcurrentHashMap<>();
    private final Map<ApiClient, ViewKeeper> views = new ConcurrentHashMap<>();

    /// Reads kubeconfigs in the directory `agent`.
    Clients(Path agent, Identities identities, Health health) {
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

    /// A client for whoever declares these identities.
    ApiClient client(List<Identity> declared, String name, ViewKeeper keeper) {
        return new RemoteClient(bearer(declared.getFirst().user()), user -> {
            boolean known = declared.stream().anyMatch(i -> i.user().equals(user));
            if (!known || user.equals(SERVERS_ONLY) && Files.notExists(ofServer())) {
                throw new IllegalArgumentException(name + " may not act as " + user + " on this node");
            }
            return bearer(user);
        }, reflectors, keeper);
    }

    private Bearer bearer(String user) {
        if (user.equals(SERVERS_ONLY) && Files.exists(ofServer())) {
            return new Bearer(user, connections.computeIfAbsent(user, u -> new Connection(ofServer(), "supervisor")));
        }
        String file = file(user);
        return new Bearer(user, connections.computeIfAbsent(file, f -> new Connection(agent.resolve(f + ".kubeconfig"),
                f)));
    }

    /// What a server without an API server has for its own part.
    private Path ofServer() {
        return agent.resolveSibling("server").resolve("cred/supervisor.kubeconfig");
    }

    /// Which of K3s' kubeconfigs speaks for a user: a node has certificates for three.
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

    /// How many lists and watches run.
    int reflectors() {
        return reflectors.size();
    }

    @Override
    public void close() {
        reflectors.close();
        connections.values().forEach(Connection::close);
    }
}
