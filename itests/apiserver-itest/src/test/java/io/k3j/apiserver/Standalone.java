package io.k3j.apiserver;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apicontributions.Contributions;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Health;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.datastoresqlite.SqliteStore;
import io.k3j.resourcesbuiltin.BuiltinKinds;
import io.k3j.watchcache.Store;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/// The API server in a plain JVM, on the real edge, for people and load generators:
/// `Standalone DIR [PORT] [sqlite] [open]` writes `DIR/admin.kubeconfig` and serves until it is killed.
/// `open` takes everybody without a certificate for an administrator.
public final class Standalone implements AutoCloseable {
    private static final Core.Policy POLICY = new Core.Policy(Set.of(), Set.of(), AnonymousAuth.NOWHERE);
    private final Server server;
    private final Port port;

    /// Starts it.
    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        long start = System.nanoTime();
        List<String> words = List.of(arguments);
        Datastore datastore = words.contains("sqlite")
                ? SqliteStore.open(directory, false, System.err::println).datastore() : new MemoryDatastore();
        Standalone server = new Standalone(datastore, arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0,
                words.contains("open"));
        Path config = server.port.kubeConfig(directory, "admin", "system:masters");
        System.out.println("serving on " + server.port.number() + " after "
                + (System.nanoTime() - start) / 1_000_000 + " ms; KUBECONFIG=" + config);
        Thread.currentThread().join();
    }

    /// Serves a datastore on a port.
    Standalone(Datastore datastore, int number, boolean open) throws IOException {
        Contributions contributions = POLICY.contributions();
        contributions.kinds().put(new BuiltinKinds(collecting(contributions), true, null), Map.of());
        contributions.authenticators().add(certificates(), Map.of());
        if (open) {
            contributions.authenticators().add(c -> Optional.of(Caller.of("anybody", List.of("system:masters"))),
                    Map.of("service.ranking", -1));
        }
        Store store = new Store();
        store.use(datastore);
        server = new Server(contributions, store, POLICY,
                Core.Environment.real(Health.none()),
                new StartSteps.Done(() -> true, () -> true, () -> true));
        port = new Port(number);
        port.serve(server.endpoint());
    }

    /// The port it serves on.
    Port port() {
        return port;
    }

    /// The client of a component in this process.
    ApiClient local(Caller caller, ViewKeeper views) {
        return new LocalClient(server.local(), user -> {
            throw new IllegalArgumentException("the test does not declare the identity " + user);
        }, caller, views);
    }

    @Override
    public void close() {
        server.close();
        port.close();
    }

    /// A bundle context that only takes hooks.
    static BundleContext collecting(Contributions contributions) {
        return (BundleContext) Proxy.newProxyInstance(Standalone.class.getClassLoader(),
                new Class<?>[] {BundleContext.class}, (proxy, method, given) -> {
                    if (method.getName().equals("registerService") && given[1] instanceof KindHooks hooks) {
                        contributions.kinds().put(hooks, Map.of());
                        return Proxy.newProxyInstance(Standalone.class.getClassLoader(),
                                new Class<?>[] {ServiceRegistration.class}, (p, m, a) -> null);
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    /// Client certificates: common name and organisations.
    static Authenticator certificates() {
        return credentials -> credentials.certificates().isEmpty() ? Optional.empty()
                : Optional.of(caller(credentials.certificates().getFirst().getSubjectX500Principal().getName()));
    }

    private static Caller caller(String subject) {
        try {
            List<Rdn> parts = new LdapName(subject).getRdns();
            String user = parts.stream().filter(r -> r.getType().equalsIgnoreCase("CN"))
                    .map(r -> r.getValue().toString()).findFirst().orElse("");
            return Caller.of(user, parts.stream().filter(r -> r.getType().equalsIgnoreCase("O"))
                    .map(r -> r.getValue().toString()).toList());
        } catch (InvalidNameException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
