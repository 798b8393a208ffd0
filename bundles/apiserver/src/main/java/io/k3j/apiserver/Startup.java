package io.k3j.apiserver;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Records;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Identities;
import io.k3j.componentapi.Phases;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.edgeapi.Endpoint;
import io.k3j.encryption.UnreadableRow;
import io.k3j.model.Gvr;
import io.k3j.watchcache.Store;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;

/// The way from a bundle to a serving API server, one step after the other, each as soon as it can be:
///
/// ```
/// datastore, kinds, agreement -> load -> [ApiClient, Endpoint] -> admission, authorizers, roles
///     -> namespaces -> [ready]
/// ```
final class Startup implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private static final Gvr NAMESPACES = new Gvr("", "v1", "namespaces");
    private static final String ELECTION = "io.k3j.leases";
    /// Service property of the ready condition: whether other servers write to the datastore.
    private static final String SHARED = "io.k3j.shared";
    private static final long TICK_MILLIS = 5_000;
    private static final long RETRY_MILLIS = 200;
    private static final Caller SELF = Caller.of("system:apiserver", List.of("system:masters", "system:authenticated"));
    private final Surroundings around;
    private final Store store;
    private final Extensions extensions;
    private final Options options;
    private final Signal signal;
    private final Deque<ServiceRegistration<?>> registered = new ArrayDeque<>();
    private final Thread thread;
    private volatile boolean open = true;
    private volatile boolean agreed;
    private volatile boolean rbac;
    private volatile boolean namespaces;
    private volatile boolean ready;
    private @Nullable Server server;
    private @Nullable Compactor compactor;
    private @Nullable Peers peers;

    /// The framework and what it offers.
    record Surroundings(BundleContext context, Health all, HealthScope health, Identities identities, Abort abort) {
    }

    Startup(Surroundings around, Store store, Extensions extensions, Options options) {
        this.around = around;
        this.store = store;
        this.extensions = extensions;
        this.options = options;
        this.signal = extensions.signal();
        this.thread = Thread.ofVirtual().name("apiserver-start").unstarted(this::run);
    }

    /// Begins; does not block.
    void begin() {
        thread.start();
    }

    /// The datastore has come or gone.
    void datastore(boolean there) {
        signal.raise();
        told(there);
    }

    private void told(boolean there) {
        if (ready && there) {
            around.health.ok();
        } else if (ready) {
            around.health.degraded("the datastore is away: reads are answered from memory, writes with 503");
        }
    }

    /// This server belongs to the datastore's cluster: before that nobody may write. It stays so.
    void agreed() {
        agreed = true;
        signal.raise();
    }

    /// The bootstrap roles have come or gone.
    void rbac(boolean there) {
        rbac = there;
        signal.raise();
    }

    private void run() {
        try {
            await("the datastore", () -> store.await(0) != null);
            await("the built-in kinds", this::kinds);
            await("the servers' agreement", () -> agreed);
            served();
            await("authorizers and admission", this::guarded);
            ready();
        } catch (InterruptedException e) {
            LOG.log(System.Logger.Level.DEBUG, "start ended");
        } catch (UnreadableRow sealed) {
            // a server that goes on without its Secrets would take them for deleted
            around.abort.abort(String.valueOf(sealed.getMessage()));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "start failed", e);
            around.health.report(HealthLevel.STOPPED, "cannot start: " + e.getMessage());
        }
    }

    private void await(String what, BooleanSupplier there) throws InterruptedException {
        while (signal.await(() -> !open || there.getAsBoolean(), TICK_MILLIS)) {
            around.health.report(HealthLevel.STARTING, "waits for " + what);
        }
        if (!open || Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private boolean kinds() {
        ResourceKind kind = extensions.kinds().find(NAMESPACES).orElse(null);
        try {
            return kind != null && !extensions.kinds().hooks(kind).group().equals("*");
        } catch (ApiFault f) {
            return false;
        }
    }

    private boolean guarded() {
        return rbac && complete();
    }

    private boolean complete() {
        Core core = running().core();
        return core.access().complete() && core.admissions().complete();
    }

    private Server running() {
        Server now = server;
        if (now == null) {
            throw new IllegalStateException("not started");
        }
        return now;
    }

    /// Serves as soon as the datastore lets itself be read.
    private void served() throws InterruptedException {
        for (boolean done = false; !done;) {
            try {
                serve();
                done = true;
            } catch (DatastoreUnavailable e) {
                LOG.log(System.Logger.Level.WARNING, "loading put off: {0}", e.getMessage());
                around.health.report(HealthLevel.STARTING, "cannot read the datastore yet: " + e.getMessage());
                pause();
            }
        }
    }

    private void pause() throws InterruptedException {
        signal.await(() -> !open, RETRY_MILLIS);
        if (!open || Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /// Loads everything and lets others in.
    private synchronized void serve() {
        if (!open) {
            return;
        }
        long start = System.nanoTime();
        Server now = new Server(extensions, store, options.policy(),
                Core.World.real(around.all), new HealthChecks.PostStartHooks(this::guarded, () -> namespaces));
        server = now;
        compactor = new Compactor(store, now.core().log(), around.all);
        LOG.log(System.Logger.Level.INFO, "loaded objects={0} revision={1} millis={2}",
                now.core().log().newest().tree().size(), now.core().log().newest().revision(),
                (System.nanoTime() - start) / 1_000_000);
        register(around.context.registerService(Records.class, new OwnRecords(now.core().data()), null));
        register(around.context.registerService(ApiClient.class, new Clients(now.core(), around.identities),
                properties("scope", "local")));
        register(around.context.registerService(Endpoint.class, now.endpoint(),
                properties(Endpoint.PORT, "server")));
    }

    private void ready() throws InterruptedException {
        ApiClient self = new LocalClient(running().core(), user -> SELF, SELF, new ViewKeeper());
        for (boolean done = false; !done;) {
            done = bootstrapped(self);
            if (!done) {
                pause();
            }
        }
        synchronized (this) {
            if (open) {
                condition(Phases.APISERVER_READY, running().shared());
                if (alone()) {
                    Candidate.LEASES.forEach(lease -> condition(Phases.LEADER + lease, false));
                }
                if (running().shared()) {
                    peers().follow(new ServerEndpoints(self)::settle);
                    running().core().data().fence().listen(this::told);
                }
                ready = true;
                around.health.ok();
            }
        }
    }

    private void condition(String id, boolean shared) {
        Hashtable<String, Object> properties = properties(Phases.ID, id);
        properties.put(SHARED, shared);
        register(around.context.registerService(Condition.class, Condition.INSTANCE, properties));
    }

    /// Without an election this server leads.
    private boolean alone() {
        return Arrays.stream(around.context.getBundles()).noneMatch(b -> ELECTION.equals(b.getSymbolicName()));
    }

    private boolean bootstrapped(ApiClient self) {
        try {
            new Bootstrap(self, options).run();
            namespaces = true;
            new ServerEndpoints(self).settle(peers().step());
            return true;
        } catch (ApiFault f) {
            LOG.log(System.Logger.Level.WARNING, "system objects put off: {0}", f.getMessage());
            around.health.report(HealthLevel.STARTING, "cannot make system objects yet: " + f.getMessage());
            return false;
        }
    }

    /// The servers on this store; made once.
    private synchronized Peers peers() {
        Peers known = peers;
        if (known == null) {
            known = new Peers(running().core().data(), new Peer(options.address(), options.port()), System::nanoTime,
                    around.all);
            peers = known;
        }
        return known;
    }

    private static Hashtable<String, Object> properties(String name, Object value) {
        return new Hashtable<>(Map.of(name, value));
    }

    private synchronized void register(ServiceRegistration<?> registration) {
        registered.push(registration);
    }

    /// Takes everything back in reverse order, then stops.
    @Override
    public void close() {
        open = false;
        signal.raise();
        synchronized (this) {
            registered.forEach(ServiceRegistration::unregister);
            registered.clear();
            if (compactor != null) {
                compactor.close();
            }
            if (peers != null) {
                peers.close();
            }
            if (server != null) {
                server.close();
            }
        }
    }
}
