package io.k3j.supervisor;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.ListeningSockets;
import io.k3j.componentapi.Phases;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;

/// What happens from the start of the bundle to its end: credentials, then services, then the condition
/// that says so. On a virtual thread of its own.
final class Start implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// Certificates, tokens and kubeconfigs that others wait for are there.
    private static final String PKI_READY = "io.k3j.pki-ready";
    /// The keys of service account tokens are there.
    private static final String SERVICE_KEY_READY = "io.k3j.service-key-ready";

    private final BundleContext context;
    private final Settings settings;
    private final Map<String, Object> all;
    private final HealthScope health;
    private final Abort abort;
    private final InstantSource clock = InstantSource.system();
    private final SecureRandom random = new SecureRandom();
    private final NodeSecrets secrets = new NodeSecrets(random);
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private final CountDownLatch store = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Datastore found;
    private boolean closed;

    Start(BundleContext context, Settings settings, Map<String, Object> all, HealthScope health, Abort abort) {
        this.context = context;
        this.settings = settings;
        this.all = all;
        this.health = health;
        this.abort = abort;
        this.thread = Thread.ofVirtual().name("supervisor-start").start(this::run);
    }

    /// The node passwords the API keeps.
    NodeSecrets secrets() {
        return secrets;
    }

    private void run() {
        try {
            Instant begin = clock.instant();
            Layout layout = new Layout(Path.of(settings.dataDir()).toAbsolutePath());
            restore(layout);
            PemFiles.directory(layout.tls("etcd"));
            Parallel slow = new Parallel();
            slow.add(() -> Credentials.serviceKey(layout));
            Credentials credentials = Credentials.ensure(settings, layout, begin, random);
            serve(layout, credentials);
            slow.finish();
            register(Condition.class, Condition.INSTANCE, Phases.ID, SERVICE_KEY_READY);
            credentials.complete(begin, random);
            health.ok();
            save(layout, credentials);
            LOG.log(Level.DEBUG, "Credentials ready ms=" + Duration.between(begin, clock.instant()).toMillis());
        } catch (IOException | RuntimeException failed) {
            LOG.log(Level.DEBUG, "No credentials", failed);
            abort.abort("cannot prepare the server's credentials: " + failed.getMessage());
        }
    }

    /// An old datastore without its authorities beside it: a data directory that was partly lost. Only
    /// then is the datastore waited for before there are credentials.
    private void restore(Layout layout) throws IOException {
        boolean authorities = Files.exists(layout.tls("server-ca.key")) && Files.exists(layout.tls("client-ca.key"));
        if (authorities || Files.notExists(layout.server("db/state.db"))) {
            return;
        }
        Optional<String> password = new Tokens(layout, settings).knownPassword();
        if (password.isEmpty()) {
            return;
        }
        Datastore store = datastore();
        if (store != null && new Bootstrap(layout, password.get(), random).restore(store)) {
            LOG.log(Level.INFO, "Restored the cluster's authorities from its datastore");
        }
    }

    private void save(Layout layout, Credentials credentials) throws IOException {
        Datastore store = datastore();
        if (store == null) {
            return;
        }
        String password = credentials.passwords().row("server").orElseThrow().password();
        try {
            new Bootstrap(layout, password, random).save(store);
        } catch (DatastoreUnavailable away) {
            LOG.log(Level.WARNING, "Bootstrap record not written, tried again with the next start", away);
        }
    }

    /// Blocks until there is a datastore; null when the bundle stops before.
    private @Nullable Datastore datastore() {
        try {
            while (!store.await(1, TimeUnit.SECONDS)) {
                if (isClosed()) {
                    return null;
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return found;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /// The datastore has come. Does not block.
    void datastore(Datastore arrived) {
        found = arrived;
        store.countDown();
    }

    private void serve(Layout layout, Credentials credentials) throws IOException {
        ServerIdentity server = new ServerIdentity(layout, settings, credentials.authorities(), clock, random);
        NodeGate gate = new NodeGate(settings.nodeName(), Credentials.nodePasswordFile(settings, layout), secrets);
        CertificateSigning signing = new CertificateSigning(layout, credentials.authorities(), gate, clock, random);
        SupervisorEndpoint endpoint = new SupervisorEndpoint(
                new Askers(credentials.passwords(), new BootstrapTokens(secrets, clock)),
                credentials.authorities(), signing, secrets, ControlConfig.of(all),
                settings.advertiseAddress() + ":" + settings.httpsListenPort());
        register(ListenerIdentity.class, server, Endpoint.PORT, ListeningSockets.SERVER);
        register(Endpoint.class, endpoint, Endpoint.PORT, ListeningSockets.SERVER);
        if (!settings.disableAgent()) {
            register(ListenerIdentity.class, new KubeletIdentity(layout), Endpoint.PORT, ListeningSockets.KUBELET);
            String password = PemFiles.read(Credentials.nodePasswordFile(settings, layout)).orElse("").strip();
            secrets.ensureLater(settings.nodeName(), password);
        }
        register(NodeDialer.class, new DirectDialer(), "mode", "direct");
        register(Condition.class, Condition.INSTANCE, Phases.ID, PKI_READY);
    }

    private synchronized <S> void register(Class<S> type, S service, String key, String value) {
        if (!closed) {
            Hashtable<String, Object> properties = new Hashtable<>();
            properties.put(key, value);
            services.add(context.registerService(type, service, properties));
        }
    }

    @Override
    public void close() {
        secrets.close();
        List<ServiceRegistration<?>> last;
        synchronized (this) {
            closed = true;
            last = List.copyOf(services);
            services.clear();
        }
        for (ServiceRegistration<?> service : last.reversed()) {
            service.unregister();
        }
        try {
            thread.join(Duration.ofSeconds(4));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
