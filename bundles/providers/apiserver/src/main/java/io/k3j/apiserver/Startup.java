package io.k3j.apiserver;

import io.k3j.apicontributions.Contributions;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Records;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiservercontrollers.IdentityLease;
import io.k3j.apiservercontrollers.OwnRecords;
import io.k3j.apiservercontrollers.Peer;
import io.k3j.apiservercontrollers.ServerControllers;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Identities;
import io.k3j.componentapi.Phases;
import io.k3j.componentbase.ServerStart;
import io.k3j.componentbase.Signal;
import io.k3j.edgeapi.Endpoint;
import io.k3j.encryption.UnreadableRow;
import io.k3j.metricstext.ApiServerId;
import io.k3j.model.Gvr;
import io.k3j.watchcache.Store;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;

/// Starts the API server step by step; each step waits for its prerequisites:
///
/// ```
/// datastore, kinds, agreement -> load -> [ApiClient, Endpoint] -> admission, authorizers, roles
///     -> namespaces -> [ready]
/// ```
final class Startup implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private static final Gvr NAMESPACES = new Gvr("", "v1", "namespaces");
    private static final String ELECTION = "io.k3j.leases";
    private static final String DEFINITIONS = "io.k3j.resourcescrd";
    private static final long TICK_MILLIS = 5_000;
    private static final long GOES_BACK_MILLIS = 10_000;
    private static final Caller SELF = Caller.of("system:apiserver", List.of("system:masters", "system:authenticated"));
    private final Framework framework;
    private final Store store;
    private final Contributions contributions;
    private final ServerRunOptions options;
    private final Signal signal;
    private final Registrations registrations;
    private final LoadRetry retry;
    private final Thread thread;
    private volatile boolean open = true;
    private volatile boolean agreed;
    private volatile boolean rbac;
    private volatile boolean namespaces;
    private volatile boolean ready;
    private @Nullable Server server;
    private @Nullable ServerControllers controllers;

    /// The OSGi framework and its services.
    record Framework(BundleContext context, Health all, HealthScope health, Identities identities, Abort abort) {
    }

    Startup(Framework framework, Store store, Contributions contributions, ServerRunOptions options) {
        this.framework = framework;
        this.registrations = new Registrations(framework.context);
        this.store = store;
        this.contributions = contributions;
        this.options = options;
        this.signal = contributions.signal();
        store.whenItGoesBack(framework.abort::abort);
        this.retry = new LoadRetry(framework, store, this::awaitRetry, System::nanoTime);
        this.thread = Thread.ofVirtual().name("apiserver-start").unstarted(this::run);
    }

    /// Starts the thread; does not block.
    void begin() {
        thread.start();
    }

    /// Called when the datastore appears or disappears.
    void datastore(boolean present) {
        signal.raise();
        reportDatastore(present);
    }

    private void reportDatastore(boolean present) {
        if (ready && present) {
            framework.health.ok();
        } else if (ready) {
            framework.health.degraded("the datastore is away: reads are answered from memory, writes with 503");
        }
    }

    /// Called once when this server has joined the cluster of the datastore: no server may write before that.
    void agreed() {
        agreed = true;
        signal.raise();
    }

    /// Called when the bootstrap roles appear or disappear.
    void rbac(boolean present) {
        rbac = present;
        signal.raise();
    }

    private void run() {
        try {
            await("the datastore", () -> store.await(0) != null);
            await("the built-in kinds", this::kinds);
            await("the servers' agreement", () -> agreed);
            retry.load(this::serve);
            await(this::accessControl, this::accessControlComplete);
            ready();
        } catch (InterruptedException e) {
            LOG.log(System.Logger.Level.DEBUG, "Start ended");
        } catch (UnreadableRow sealed) {
            // a server without its Secrets would report them as deleted; one that has a predecessor leaves that at work
            if (ServerStart.goesOn(framework.context)) {
                framework.abort.abort(String.valueOf(sealed.getMessage()));
            } else {
                failed(sealed);
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    /// A swap whose new one does not work goes back, and ends this one. Where nobody does, nobody would begin anew: a
    /// process without an API would stay, and be taken for one that is starting.
    private void failed(Throwable why) {
        if (!open) {
            return;
        }
        LOG.log(System.Logger.Level.ERROR, "Start failed", why);
        framework.health.report(HealthLevel.STOPPED, "cannot start: " + why.getMessage());
        if (signal.await(() -> !open, GOES_BACK_MILLIS)) {
            framework.abort.abort("the API server cannot start: " + why
                    + "; the log has the details. When that is mended, start k3s again");
        }
    }

    private void await(String what, BooleanSupplier present) throws InterruptedException {
        await(() -> what, present);
    }

    private void await(Supplier<String> what, BooleanSupplier present) throws InterruptedException {
        while (signal.await(() -> !open || present.getAsBoolean(), TICK_MILLIS)) {
            framework.health.report(HealthLevel.STARTING, "waits for " + what.get());
        }
        if (!open || Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private boolean kinds() {
        ResourceKind kind = contributions.kinds().find(NAMESPACES).orElse(null);
        try {
            return kind != null && !contributions.kinds().hooks(kind).group().equals("*");
        } catch (ApiFault f) {
            return false;
        }
    }

    /// What the start waits for, with the names of those that are missed.
    private String accessControl() {
        String missed = contributions.accessControlMissed();
        return missed.isEmpty() ? "authorizers and admission" : "authorizers and admission: " + missed;
    }

    private boolean accessControlComplete() {
        return rbac && contributions.accessControlComplete();
    }

    private static <T> T running(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("not started");
        }
        return part;
    }

    private void awaitRetry(long millis) throws InterruptedException {
        signal.await(() -> !open, millis);
        if (!open || Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /// Loads all objects and registers the services.
    private synchronized void serve() {
        if (!open) {
            return;
        }
        long start = System.nanoTime();
        Server now = new Server(contributions, store, options.policy(),
                Core.Environment.real(framework.all),
                new StartSteps.Done(this::accessControlComplete, () -> namespaces, this::definitions));
        server = now;
        controllers = controllers(now);
        LOG.log(System.Logger.Level.INFO, "Loaded objects from the datastore count={0} revision={1} millis={2}",
                now.storage().log().newest().tree().size(), now.storage().log().newest().revision(),
                (System.nanoTime() - start) / 1_000_000);
        registrations.add(Records.class, new OwnRecords(now.storage()), Map.of());
        registrations.add(ApiClient.class, new LocalClients(now.local(), framework.identities),
                Map.of("scope", "local"));
        // drained at once: components that lose their clients take longer than the edge waits for watches
        registrations.add(Endpoint.class, now.endpoint(), Map.of(Endpoint.PORT, "server"), now::drain);
    }

    private ServerControllers controllers(Server now) {
        ApiClient self = new LocalClient(now.local(), user -> SELF, SELF, new ViewKeeper());
        return new ServerControllers(
                new ServerControllers.Host(now.storage(), store, self, now.limits().flows(), framework.all),
                new Peer(options.address(), options.port()), options.serviceIp(),
                new IdentityLease.Identity(ApiServerId.ofHost(), ApiServerId.hostname(), UUID.randomUUID().toString()));
    }

    private void ready() throws InterruptedException {
        Server now = running(server);
        ServerControllers own = running(controllers);
        retry.write(() -> bootstrap(own));
        synchronized (this) {
            if (open) {
                registrations.condition(Phases.APISERVER_READY, now.shared());
                if (withoutElection()) {
                    Candidate.LEASES.forEach(lease -> registrations.condition(Phases.LEADER + lease, false));
                }
                own.start(now.flows());
                if (now.shared()) {
                    now.storage().fence().listen(this::reportDatastore);
                }
                ready = true;
                framework.health.ok();
            }
        }
    }

    /// Whether no election bundle is installed: this server then leads always.
    private boolean withoutElection() {
        return !installed(ELECTION);
    }

    private boolean installed(String bundle) {
        return Arrays.stream(framework.context.getBundles()).anyMatch(b -> bundle.equals(b.getSymbolicName()));
    }

    /// Whether the bundle of CustomResourceDefinitions has brought what they define, or is not installed.
    private boolean definitions() {
        return !installed(DEFINITIONS) || contributions.kinds().brings(DEFINITIONS);
    }

    private void bootstrap(ServerControllers own) {
        own.bootstrap();
        namespaces = true;
        own.enter();
    }

    /// Unregisters the services in reverse order, and drains the server behind its endpoint; then stops the parts.
    @Override
    public void close() {
        open = false;
        signal.raise();
        synchronized (this) {
            registrations.close();
            if (controllers != null) {
                controllers.close();
            }
            if (server != null) {
                server.close();
            }
        }
    }
}
