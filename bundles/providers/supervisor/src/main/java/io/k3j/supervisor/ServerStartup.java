package io.k3j.supervisor;

import io.k3j.clusteragreement.FlagMismatch;
import io.k3j.clusteragreement.NextAuthorities;
import io.k3j.clusteragreement.Parity;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Phases;
import io.k3j.datastoreapi.Datastore;
import io.k3j.pki.PemFiles;
import io.k3j.servercredentials.AuthorityMismatch;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.Parallel;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.SupervisorSettings;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;

/// The start of the bundle and its upkeep until it stops, on one virtual thread:
///
/// ```
///   admitted by the datastore or by the server to join, or known from an earlier start
///        -> credentials -> services, pki-ready -> the rest -> service-key-ready
///        -> authorities-ready, etcd-pki-ready -> agreed with the datastore -> cluster-agreed -> upkeep
/// ```
///
/// A server that never had a datastore, or was admitted with the same flags before, makes its credentials
/// without waiting for the datastore; it is compared as soon as the datastore is available.
final class ServerStartup implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private final SupervisorSettings settings;
    private final OwnConfig own;
    private final HealthScope health;
    private final Health loops;
    private final StartupFailure failure;
    private final InstantSource clock = InstantSource.system();
    private final SecureRandom random = new SecureRandom();
    private final NodeSecrets secrets = new NodeSecrets(random);
    private final Services services;
    private final CurrentDatastore current = new CurrentDatastore();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final DatastoreWait datastoreWait;
    private final Thread thread;
    private volatile @Nullable Components components;
    private volatile @Nullable Upkeep upkeep;

    ServerStartup(BundleContext context, SupervisorSettings settings, OwnConfig own, Health loops, Abort abort) {
        this.loops = loops;
        this.settings = settings;
        this.own = own;
        this.health = loops.scope("supervisor");
        this.failure = new StartupFailure(context, health, abort);
        this.services = new Services(context);
        this.datastoreWait = new DatastoreWait(current, stopping, health);
        this.thread = Thread.ofVirtual().name("supervisor-start").start(this::run);
    }

    /// The node passwords kept in the API.
    NodeSecrets secrets() {
        return secrets;
    }

    private void run() {
        try {
            ServerLayout layout = new ServerLayout(Path.of(settings.dataDir()).toAbsolutePath());
            start(layout);
        } catch (FlagMismatch | NameTaken refused) {
            failure.tell(String.valueOf(refused.getMessage()));
        } catch (IOException failed) {
            if (failed instanceof DatastoreWait.Stopped || stopping.getCount() == 0) {
                LOG.log(Level.DEBUG, "Stopped while starting", failed);
                return;
            }
            LOG.log(failed.getMessage() == null ? Level.ERROR : Level.DEBUG, "Cannot obtain certificates", failed);
            failure.tell("cannot prepare the server's credentials: " + FailureReason.of(failed));
        } catch (RuntimeException failed) {
            LOG.log(Level.ERROR, "Cannot obtain certificates", failed);
            failure.tell("cannot prepare the server's credentials: " + failed);
        }
    }

    private void start(ServerLayout layout) throws IOException {
        NextAuthorities.apply(layout);
        Parity parity = new Parity(own.server(layout), clock, random);
        ClusterMembership cluster = new ClusterMembership(layout, settings, parity, random,
                (amount, unit) -> !stopping.await(amount, unit));
        ClusterBootstrap.Server server = new ClusterBootstrap.Server(layout, settings, own);
        ClusterBootstrap bootstrap = new ClusterBootstrap(server, cluster, datastoreWait, services, random);
        ClusterAdmission pending = bootstrap.begin();
        SupervisorHandlers handlers = new SupervisorHandlers(layout, settings, own, secrets, current::get);
        if (cluster.member() || !server.shared()) {
            services.condition(Services.NODE_ADMITTED);
        }
        Work work = admitted(pending, bootstrap, layout, handlers);
        for (; !bootstrap.complete(work); work = serve(layout, handlers)) {
            services.withdraw();
        }
        work.credentials().admitted();
        services.condition(Phases.CLUSTER_AGREED);
        services.condition(Services.NODE_ADMITTED);
        Upkeep loop = handlers.upkeep(parity.mine(), work, () -> components, services, loops);
        upkeep = loop;
        if (stopping.getCount() > 0) {
            loop.run();
        }
    }

    /// Serves, and once more for each time that the datastore has replaced files meanwhile.
    private Work admitted(ClusterAdmission first, ClusterBootstrap bootstrap, ServerLayout layout,
            SupervisorHandlers handlers) throws IOException {
        Instant begin = clock.instant();
        Work work = null;
        try {
            work = serve(layout, handlers);
            health.ok();
            LOG.log(Level.DEBUG, "Credentials ready ms=" + Duration.between(begin, clock.instant()).toMillis());
        } catch (AuthorityMismatch mismatch) {
            awaitRepair(layout, mismatch);
            if (!first.stale()) {
                throw mismatch;
            }
        }
        for (ClusterAdmission pending = first; pending.stale(); pending = bootstrap.again()) {
            LOG.log(Level.WARNING, "CA certificates of the cluster differ from those on disk, starting over");
            services.withdraw();
            work = serve(layout, handlers);
            health.ok();
        }
        return Objects.requireNonNull(work);
    }

    /// The datastore may be about to replace the files of an authority, or has to, when a start was cut off while it
    /// did: so its answer is waited for. An etcd of this server's own starts with the certificates it has.
    private void awaitRepair(ServerLayout layout, AuthorityMismatch mismatch) throws AuthorityMismatch {
        if (DatastoreKind.managed(settings, layout)) {
            if (Files.notExists(layout.tls("etcd/server-client.crt"))) {
                throw mismatch;
            }
            services.condition(Services.ETCD_PKI_READY);
        }
        String why = mismatch.getMessage() + "; the datastore is asked for the right ones";
        health.degraded(why);
        LOG.log(Level.WARNING, why);
    }

    private Work serve(ServerLayout layout, SupervisorHandlers handlers) throws IOException {
        Instant begin = clock.instant();
        PemFiles.directory(layout.tls("etcd"));
        Parallel slow = new Parallel();
        slow.add(() -> Credentials.serviceKey(layout));
        Credentials credentials = Credentials.ensure(settings, layout, begin, random);
        Work work = handlers.register(credentials, services);
        slow.finish();
        services.condition(Services.SERVICE_KEY_READY);
        work.identity().frontProxyAuthorities(List.of(credentials.complete(begin, random)));
        handlers.components(work, services);
        if (DatastoreKind.managed(settings, layout)) {
            services.condition(Services.ETCD_PKI_READY);
        }
        return work;
    }

    /// The datastore service was bound. Does not block.
    void datastore(Datastore bound) {
        current.bind(bound);
    }

    /// The datastore service was unbound. Its replacement may have been bound before.
    void datastoreUnbound(Datastore unbound) {
        current.unbind(unbound);
    }

    /// The list of components was bound, or unbound (null).
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
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
