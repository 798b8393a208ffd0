package io.k3j.ingress;

import io.k3j.ingressresources.BackendEndpoints;
import io.k3j.ingressresources.Certificates;
import io.k3j.ingressresources.HelmObject;
import io.k3j.ingressresources.IngressPublication;
import io.k3j.ingressresources.IngressResources;
import io.k3j.ingressresources.IngressValues;
import io.k3j.ingressrouting.HostClaims;
import io.k3j.ingressrouting.Routing;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.componentbase.Termination;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.nodeapi.PodNetwork;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The OSGi component: serves Ingresses on this server, from its last picture also while the API is away.
@Component(immediate = true, configurationPid = "io.k3j.ingress", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class IngressServer implements Metrics {
    private static final System.Logger LOG = System.getLogger("io.k3j.ingress");
    private static final long LOOK_MILLIS = 1000;
    /// Changes that come together are taken up together.
    private static final long GATHER_MILLIS = 20;
    /// How long a stop waits for its worker, and for what computes.
    private static final Duration STOP = Duration.ofSeconds(2);

    private final LiveViews views = new LiveViews(InstantSource.system());
    private final AtomicBoolean stale = new AtomicBoolean(true);
    private final Semaphore changed = new Semaphore(0);
    private final IngressMetrics metrics = new IngressMetrics();
    private final ExecutorService ownThreads = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("ingress-", 0).factory());
    private final HealthScope health;
    private final IngressResources objects;
    private final HelmObject replacement;
    private final HelmObject config;
    private final IngressPublication publication;
    private final Certificates certificates;
    private final Proxy proxy;
    private final IngressListeners listeners;
    private final SupervisedLoop worker;
    private volatile @Nullable ApiClient client;
    private volatile List<String> addresses;
    private Optional<Obj> configured = Optional.empty();
    private IngressValues values = IngressValues.NONE;
    private HostClaims claims = HostClaims.none();

    /// Starts; the sockets open in the background.
    @Activate
    public IngressServer(BundleContext context, IngressSettings settings, @Reference Health health) {
        this.health = health.scope("ingress");
        objects = new IngressResources(views);
        objects.listen(this::change);
        replacement = HelmObject.chart(views, InstantSource.system(), changed::release);
        config = HelmObject.config(views, InstantSource.system(), changed::release);
        publication = new IngressPublication(views, settings.nodeName());
        certificates = new Certificates(InstantSource.system());
        proxy = new Proxy(settings.nodeName(), new BackendEndpoints(views)::of, metrics, new AccessLog());
        listeners = ownThread(() -> new IngressListeners(Runtime.getRuntime().availableProcessors(), proxy,
                new IngressTls(certificates, ownThreads), metrics, SocketHandover.within(context)));
        addresses = settings.flannelBackend().equals("none") ? List.of(settings.nodeIp()) : List.of();
        worker = SupervisedLoop.virtual(health, "ingress-worker", this::work).start();
    }

    /// Calls what touches Netty, which keeps thread-locals: a thread of somebody else would keep this bundle's classes
    /// after a swap.
    private <T> T ownThread(Callable<T> work) {
        try {
            return ownThreads.submit(work).get();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stopped);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("cannot begin or end the ingress", failed.getCause());
        }
    }

    private void change() {
        stale.set(true);
        changed.release();
    }

    /// Listens on this node's addresses in the newest pod network; keeps them while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindNetwork(PodNetwork network) {
        addresses = List.copyOf(network.gateways());
        changed.release();
    }

    /// OSGi binds the successor.
    void unbindNetwork(PodNetwork network) {
        LOG.log(Level.DEBUG, "Pod network {0} is being replaced", network.ranges());
    }

    /// Uses the newest client; keeps the last state while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        client = api;
        views.attach(api);
        changed.release();
    }

    /// OSGi binds the successor.
    void unbindApi(ApiClient api) {
        if (client == api) {
            client = null;
        }
    }

    private void work() throws InterruptedException {
        while (true) {
            if (changed.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                changed.tryAcquire(Integer.MAX_VALUE, GATHER_MILLIS, TimeUnit.MILLISECONDS);
            }
            changed.drainPermits();
            ApiClient api = client;
            if (!views.synced() || api != null && !(replacement.known(api) & config.known(api))) {
                health.report(HealthLevel.STARTING, "waiting for the API");
            } else {
                serve(api);
            }
        }
    }

    private void serve(@Nullable ApiClient api) {
        try {
            if (replacement.present()) {
                standBack(api);
                return;
            }
            if (stale.getAndSet(false)) {
                load();
            }
            if (addresses.isEmpty()) {
                health.report(HealthLevel.STARTING, "waiting for the pod network");
                return;
            }
            listeners.keep(addresses);
            configure();
            String trouble = api == null ? "" : publication.keep(api, addresses, values);
            if (trouble.isEmpty()) {
                health.ok();
            } else {
                health.degraded(trouble);
            }
        } catch (IOException e) {
            health.report(HealthLevel.STARTING, "waiting for the pod network: " + e.getMessage());
        } catch (ApiFault e) {
            health.degraded("cannot publish the ingress: " + e.getMessage());
        }
    }

    private void configure() {
        Optional<Obj> now = config.get();
        if (!now.equals(configured)) {
            configured = now;
            values = IngressValues.of(now);
            proxy.use(values);
        }
    }

    private void standBack(@Nullable ApiClient api) throws IOException {
        if (api != null) {
            publication.withdraw(api);
        }
        listeners.keep(List.of());
        health.ok();
    }

    private void load() {
        Routing routing = objects.routing(claims);
        claims = routing.claims();
        Map<Key, String> broken = certificates.use(routing.certificates(), objects::secret);
        proxy.use(routing.tables());
        metrics.serving(routing.served().size(), routing.problems().size());
        LOG.log(Level.DEBUG, "Serving ingresses={0} unusable certificates={1}", routing.served().size(),
                broken.size());
    }

    @Override
    public String text() {
        return metrics.text();
    }

    /// Stops within five seconds; the objects stay, since the successor serves at the same addresses.
    @Deactivate
    void stop() {
        worker.stop(STOP);
        views.close();
        replacement.close();
        config.close();
        ownThread(() -> {
            listeners.close();
            return true;
        });
        Termination.of(ownThreads, "ingress", STOP);
    }
}
