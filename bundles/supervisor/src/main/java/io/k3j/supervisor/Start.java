package io.k3j.supervisor;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Phases;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;

/// What happens from the start of the bundle to its end, on a virtual thread of its own:
///
/// ```
///   admitted by the datastore, or by the server to join, or known from last time
///        -> credentials -> services, pki-ready -> the rest -> service-key-ready, etcd-pki-ready
///        -> agreed with the datastore -> cluster-agreed -> upkeep
/// ```
///
/// A server that never had a datastore, or was admitted with the very same flags before, does not wait for the
/// datastore to make its credentials; it is compared when that has come.
final class Start implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private final Settings settings;
    private final Own own;
    private final HealthScope health;
    private final Health loops;
    private final Abort abort;
    private final InstantSource clock = InstantSource.system();
    private final SecureRandom random = new SecureRandom();
    private final NodeSecrets secrets = new NodeSecrets(random);
    private final Services services;
    private final CurrentDatastore current = new CurrentDatastore();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Components components;
    private volatile @Nullable Upkeep upkeep;

    Start(BundleContext context, Settings settings, Own own, Health loops, Abort abort) {
        this.loops = loops;
        this.settings = settings;
        this.own = own;
        this.health = loops.scope("supervisor");
        this.abort = abort;
        this.services = new Services(context);
        this.thread = Thread.ofVirtual().name("supervisor-start").start(this::run);
    }

    /// The node passwords the API keeps.
    NodeSecrets secrets() {
        return secrets;
    }

    private void run() {
        try {
            Layout layout = new Layout(Path.of(settings.dataDir()).toAbsolutePath());
            go(layout);
        } catch (Mismatch | NameTaken refused) {
            abort.abort(String.valueOf(refused.getMessage()));
        } catch (IOException failed) {
            if (failed instanceof Stopped || stopping.getCount() == 0) {
                LOG.log(Level.DEBUG, "Stopped while starting", failed);
                return;
            }
            LOG.log(failed.getMessage() == null ? Level.ERROR : Level.DEBUG, "No credentials", failed);
            abort.abort("cannot prepare the server's credentials: " + Reason.of(failed));
        } catch (RuntimeException failed) {
            LOG.log(Level.ERROR, "No credentials", failed);
            abort.abort("cannot prepare the server's credentials: " + failed);
        }
    }

    /// Not a failure: the bundle stops.
    private static final class Stopped extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private void go(Layout layout) throws IOException {
        Instant begin = clock.instant();
        NextAuthorities.apply(layout);
        Parity parity = new Parity(own.server(layout), clock, random);
        Cluster cluster = new Cluster(layout, settings, parity, random,
                (amount, unit) -> !stopping.await(amount, unit));
        boolean admitted = admission(layout, cluster, parity);
        Admission later = admitted ? Admission.GIVEN : new Admission(() -> admitted(cluster));
        Desk desk = new Desk(layout, settings, own, secrets, this::latest);
        if (cluster.member() || !shared(layout)) {
            services.condition(Services.NODE_ADMITTED);
        }
        Work work = serve(layout, desk, begin);
        health.ok();
        LOG.log(Level.DEBUG, "Credentials ready ms=" + Duration.between(begin, clock.instant()).toMillis());
        while (later.stale()) {
            LOG.log(Level.WARNING, "The cluster's authorities are others than those on disk: begins again");
            services.withdraw();
            work = serve(layout, desk, begin);
            later = new Admission(() -> admitted(cluster));
        }
        for (; !agree(cluster, work); work = serve(layout, desk, begin)) {
            services.withdraw();
        }
        services.condition(Phases.CLUSTER_AGREED);
        services.condition(Services.NODE_ADMITTED);
        Upkeep loop = desk.upkeep(parity.mine(), work, () -> components, services, loops);
        upkeep = loop;
        if (stopping.getCount() > 0) {
            loop.run();
        }
    }

    /// Whether other servers may use this datastore, too.
    private boolean shared(Layout layout) {
        return !settings.datastoreEndpoint().isEmpty() || DatastoreKind.managed(settings, layout);
    }

    /// Whether the datastore has been asked; if not, it is as soon as it is there.
    private boolean admission(Layout layout, Cluster cluster, Parity parity) throws IOException {
        boolean managed = DatastoreKind.managed(settings, layout);
        if (DatastoreKind.joins(settings, layout) && !cluster.known()) {
            new Joining(layout, settings, parity.mine(), own.configuration(layout)).join();
            return false;
        }
        if (cluster.known()) {
            return false;
        }
        if (Cluster.fresh(layout, () -> !settings.datastoreEndpoint().isEmpty())) {
            if (!managed) {
                // an embedded datastore that was never opened contradicts nobody
                EncryptionState.ensure(layout, settings, random);
                services.condition(Phases.CLUSTER_AGREED);
            }
            return false;
        }
        // after a restore on a new host there are authorities, and nothing by them yet
        if (managed && !(cluster.hasAuthorities() && Files.exists(layout.tls("etcd/server-client.crt")))) {
            return false;
        }
        if (managed) {
            // etcd starts with the certificates it has; nothing else does before it has been asked
            services.condition(Services.ETCD_PKI_READY);
        }
        boolean again = admitted(cluster) && managed;
        if (again) {
            // it has read them, too; with those of now it is asked once more
            services.withdraw();
        }
        return !again;
    }

    /// Asks the datastore, as soon as it is there. With an embedded one that is all there is to agree with.
    /// @return whether files on disk were replaced, be it without the datastore, so that it is to be asked again
    private boolean admitted(Cluster cluster) throws IOException {
        Layout layout = new Layout(Path.of(settings.dataDir()).toAbsolutePath());
        Optional<Datastore> there = reached(layout);
        if (there.isEmpty()) {
            return true;
        }
        boolean stale = untilThere(() -> cluster.admit(there.get()));
        EncryptionState.ensure(layout, settings, random);
        if (!there.get().shared()) {
            services.condition(Phases.CLUSTER_AGREED);
        }
        return stale;
    }

    /// Blocks until there is a datastore, or new authorities without which there would be none.
    private Optional<Datastore> reached(Layout layout) throws IOException {
        if (!DatastoreKind.managed(settings, layout)) {
            return Optional.of(datastore());
        }
        LeftBehind left = new LeftBehind(settings, new Tokens(layout, settings),
                new Joining(layout, settings, own.server(layout), own.configuration(layout)), health,
                LeftBehind.PATIENCE);
        try {
            Optional<Datastore> there = left.await(current);
            if (stopping.getCount() > 0) {
                return there;
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        throw new Stopped();
    }

    private Work serve(Layout layout, Desk desk, Instant begin) throws IOException {
        PemFiles.directory(layout.tls("etcd"));
        Parallel slow = new Parallel();
        slow.add(() -> Credentials.serviceKey(layout));
        Credentials credentials = Credentials.ensure(settings, layout, begin, random);
        Work work = desk.open(credentials, services);
        slow.finish();
        services.condition(Services.SERVICE_KEY_READY);
        credentials.complete(begin, random);
        if (DatastoreKind.managed(settings, layout)) {
            services.condition(Services.ETCD_PKI_READY);
        }
        return work;
    }

    /// As [Cluster#complete], with the datastore of now: none is held after that, and one that goes is not asked again.
    private boolean agree(Cluster cluster, Work work) throws IOException {
        return untilThere(() -> {
            Datastore datastore = datastore();
            boolean done = cluster.complete(datastore);
            if (done) {
                // it has the cluster's keys before it writes a Secret
                work.look(datastore, true);
            }
            return done;
        });
    }

    /// May be asked again.
    interface Question {
        boolean ask() throws IOException;
    }

    /// A datastore that is away is asked again.
    private boolean untilThere(Question question) throws IOException {
        while (true) {
            try {
                return question.ask();
            } catch (DatastoreUnavailable away) {
                health.degraded("the datastore cannot be asked who this cluster is: " + away.getMessage());
                LOG.log(Level.WARNING, "The datastore cannot be asked who this cluster is, tried again: "
                        + away.getMessage());
            }
            try {
                if (stopping.await(1, TimeUnit.SECONDS)) {
                    throw new Stopped();
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new Stopped();
            }
        }
    }

    /// Blocks until there is a datastore.
    private Datastore datastore() throws IOException {
        try {
            Datastore there = current.await();
            if (there != null) {
                return there;
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        throw new Stopped();
    }

    private @Nullable Datastore latest() {
        return current.now();
    }

    /// The datastore has come. Does not block.
    void datastore(Datastore arrived) {
        current.use(arrived);
    }

    /// The datastore goes; another may have come already.
    void gone(Datastore leaving) {
        current.leave(leaving);
    }

    /// The list of components has come, or has gone.
    void components(@Nullable Components list) {
        components = list;
    }

    @Override
    public void close() {
        stopping.countDown();
        current.close();
        secrets.close();
        Upkeep loop = upkeep;
        if (loop != null) {
            loop.close();
        }
        services.close();
        try {
            thread.join(Duration.ofSeconds(4));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
