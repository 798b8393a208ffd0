package io.k3j.kubeproxy;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Obj;
import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The OSGi component: one thread that writes the rules of Services that have changed, or that somebody else has
/// removed, and one that makes tracked flows follow them.
@Component(service = Metrics.class, immediate = true, configurationPid = "io.k3j.kubeproxy",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class KubeProxy implements Metrics {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeproxy");
    private static final long RETRY_SECONDS = 5;
    /// How long a stop waits for rules that are being written, for flows and for an Event, altogether.
    private static final Duration STOP = Duration.ofSeconds(2);
    private final LiveViews views = new LiveViews(InstantSource.system());
    private final Semaphore changed = new Semaphore(0);
    private final ProxyStatus status;
    private final HealthScope health;
    private final Proxier proxier;
    private final SyncPace pace;
    private final ProxyPorts ports;
    private final Conntrack tracking;
    private final AutoCloseable hearing;
    private final SupervisedLoop worker;
    private final SupervisedLoop forgetter;
    private final RefusalEvents refusals;
    private final SupervisedLoop teller;
    /// The node as it was told last.
    private volatile @Nullable ThisNode node;
    private volatile boolean stopped;
    private final CountDownLatch ending = new CountDownLatch(1);

    /// The settings.
    public @interface Settings {
        /// `--node-name`.
        String nodeName() default "localhost";

        /// `--cluster-cidr`.
        String[] clusterCidr() default {"10.42.0.0/16"};

        /// `--node-ip`.
        String[] nodeIp() default {};

        /// `--kube-proxy-arg`.
        String[] kubeProxyArg() default {};
    }

    /// Starts; the first write follows when the views are synced.
    ///
    /// @throws IllegalArgumentException naming every argument that is wrong
    @Activate
    public KubeProxy(Settings settings, @Reference PacketFilter filter, @Reference Health health) {
        this.health = health.scope("kube-proxy");
        ProxyOptions options = ProxyOptions.of(settings.nodeName(), List.of(settings.clusterCidr()),
                List.of(settings.nodeIp()), List.of(settings.kubeProxyArg()));
        var services = views.of(BuiltinResources.SERVICES);
        var slices = views.of(BuiltinResources.ENDPOINT_SLICES).index(Proxier.BY_SERVICE, Proxier::serviceOf);
        var nodes = views.of(BuiltinResources.NODES, Query.ALL.where("metadata.name", options.nodeName()));
        proxier = new Proxier(services, slices, filter, options, Instant.now());
        status = new ProxyStatus(InstantSource.system(), options.leastPeriod());
        pace = new SyncPace(options.leastPeriod(), TimeSource.system().monotonic());
        refusals = new RefusalEvents(options.nodeName(), proxier::service, TimeSource.system());
        services.listen(waking(o -> List.of(Proxier.name(o)), true));
        slices.listen(waking(Proxier::serviceOf, false));
        nodes.listen(following());
        ports = new ProxyPorts(health, options, status, this::text);
        tracking = new Conntrack(Conntrack.DIRECTORY, Conntrack.HASH_SIZE, options.sysctls());
        hearing = filter.onForeignChange(() -> {
            proxier.suspect();
            changed.release();
        });
        worker = SupervisedLoop.virtual(health, "kube-proxy-worker", this::work).start();
        forgetter = SupervisedLoop.virtual(health, "kube-proxy-flows", proxier.flows()::run).start();
        teller = SupervisedLoop.virtual(health, "kube-proxy-events", this::write).start();
    }

    private View.Listener waking(Function<Obj, List<String>> names, boolean service) {
        return new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                proxier.changed(before, after, names, service);
                status.heard(service);
                changed.release();
            }

            @Override
            public void synced() {
                changed.release();
            }
        };
    }

    /// The node may be the last that is known: that, too, is what the first write waits for.
    private View.Listener following() {
        return new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                if (after != null) {
                    node = ThisNode.of(after);
                    status.eligible(ProxyStatus.eligible(after));
                    changed.release();
                }
            }

            @Override
            public void synced() {
                changed.release();
            }
        };
    }

    /// Uses the newest client; keeps the rules while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        views.attach(api);
        refusals.by(api);
    }

    /// OSGi binds the successor.
    void unbindApi(ApiClient api) {
        LOG.log(System.Logger.Level.DEBUG, "Api client {0} gone", api.getClass().getSimpleName());
    }

    @Override
    public String text() {
        return status.text(proxier.pending(true), proxier.pending(false), proxier.noLocalEndpoints());
    }

    private void work() throws InterruptedException {
        // retried after a failure
        changed.release();
        while (!stopped) {
            changed.acquire();
            // what changes meanwhile is written with it
            if (ending.await(pace.rest().toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            changed.drainPermits();
            while (views.synced() && !sync()) {
                changed.tryAcquire(RETRY_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private void write() throws InterruptedException {
        while (!stopped) {
            refusals.write();
        }
    }

    private boolean sync() {
        pace.begun();
        Instant begun = Instant.now();
        long nanos = System.nanoTime();
        try {
            @Nullable
            ThisNode now = node;
            if (now != null) {
                proxier.on(now);
            }
            Map<String, String> refused = proxier.sync();
            tracking.size();
            ports.keep(proxier.healthPorts());
            status.wrote(begun, System.nanoTime() - nanos);
            proxier.programmed().forEach(status::programmed);
            refusals.tell(refused);
            return taken(refused);
        } catch (FilterRefused | UncheckedIOException e) {
            status.failed();
            health.degraded("the packet filter refused the service rules: " + e.getMessage());
            LOG.log(System.Logger.Level.WARNING, "Failed to sync proxy rules error={0}", e.getMessage());
            return false;
        }
    }

    private boolean taken(Map<String, String> refused) {
        if (refused.isEmpty()) {
            health.ok();
            return true;
        }
        status.failed();
        Map.Entry<String, String> first = refused.entrySet().iterator().next();
        health.degraded("the packet filter refused the rules of Service " + first.getKey() + ", which keeps those of "
                + "before: " + first.getValue() + (refused.size() > 1 ? "; and of " + (refused.size() - 1) + " more"
                        : ""));
        return false;
    }

    /// Stops the thread; the rules stay.
    @Deactivate
    void stop() throws Exception {
        stopped = true;
        ending.countDown();
        hearing.close();
        long end = System.nanoTime() + STOP.toNanos();
        teller.interrupt();
        forgetter.interrupt();
        worker.stop(STOP);
        forgetter.stop(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        teller.stop(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        ports.close();
        views.close();
    }
}
