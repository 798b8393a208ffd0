package io.k3j.clusterdns;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentbase.HttpPort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.controllerkit.LiveViews;
import io.k3j.dnsplugins.ClientShares;
import io.k3j.metricstext.MetricText;
import io.k3j.nodeapi.PodNetwork;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The OSGi component: sockets on the serving addresses of this node, open as long as the component is active,
/// also while the pod network component or the API is being swapped. The addresses may appear late, so opening is
/// retried.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.clusterdns",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ClusterDns {
    private static final System.Logger LOG = System.getLogger("io.k3j.clusterdns");
    private static final long LOOK_MILLIS = 1000;
    private static final long CHECK_MILLIS = 500;
    /// How long the ConfigMaps are waited for before K3s' own Corefile is used.
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /// How long a stop waits for each of its threads.
    private static final Duration STOP = Duration.ofSeconds(2);
    private static final int FORWARDED_AT_ONCE = 768;
    private static final int FORWARDED_PER_CLIENT = 128;

    private final InstantSource clock = TimeSource.system().monotonic();
    private final LiveViews views = new LiveViews(InstantSource.system());
    private final LiveViews pods = new LiveViews(InstantSource.system());
    private final Instant begun = clock.instant();
    private final DnsSettings settings;
    private final HealthScope health;
    private final CorefileLoader loader;
    private final CorefileSource source;
    private final ConfigEvents events = new ConfigEvents(InstantSource.system());
    private final Responder responder = new Responder();
    private final Publication publication;
    private final Sockets sockets;
    private final MonitoringPorts pages;
    private final Semaphore changed = new Semaphore(0);
    private final SupervisedLoop worker;
    private final SupervisedLoop upstreams;
    private volatile @Nullable ApiClient client;
    private volatile @Nullable ServingAddresses wanted;
    private volatile String loop = "";
    private volatile boolean ready;
    private @Nullable ApiClient podClient;

    /// Starts; the sockets open in the background.
    @Activate
    public ClusterDns(DnsSettings settings, @Reference Health health) {
        this.settings = settings;
        this.health = health.scope("cluster-dns");
        SecureRandom random = new SecureRandom();
        source = new CorefileSource(views, settings.clusterDomain(), changed::release);
        DnsObjects objects = new DnsObjects(views, pods);
        loader = new CorefileLoader(source, new PluginContext(objects,
                () -> Resolvers.of(settings.resolvConf(), ownAddresses()),
                new ClientShares(FORWARDED_AT_ONCE, FORWARDED_PER_CLIENT), random, clock, InstantSource.system(),
                line -> LOG.log(System.Logger.Level.INFO, "{0}", line), Map.of("HOSTNAME", settings.nodeName())));
        publication = new Publication(views, settings.nodeName());
        sockets = new Sockets(responder, clock, health);
        pages = new MonitoringPorts(health, this::page);
        if (settings.flannelBackend().equals("none")) {
            wanted = ServingAddresses.ofNode(List.of(settings.nodeIp()), List.of(settings.clusterCidr()));
        }
        UpstreamWatch watch = new UpstreamWatch(random, this::looping, this::loadAgain);
        worker = SupervisedLoop.virtual(health, "cluster-dns-worker", this::work).start();
        upstreams = SupervisedLoop.virtual(health, "cluster-dns-upstreams", () -> watch(watch)).start();
    }

    /// Uses the addresses of the newest pod network; keeps them while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindNetwork(PodNetwork network) {
        wanted = ServingAddresses.ofPodNetwork(network.gateways());
        changed.release();
    }

    /// OSGi binds the successor.
    void unbindNetwork(PodNetwork network) {
        LOG.log(System.Logger.Level.DEBUG, "Pod network {0} is being replaced", network.ranges());
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

    /// Addresses that must not be used as resolvers, because they lead back to this server.
    private Set<String> ownAddresses() {
        Set<String> all = new HashSet<>(List.of(settings.clusterDns()));
        ServingAddresses addresses = wanted;
        if (addresses != null) {
            all.addAll(addresses.addresses());
        }
        return all;
    }

    private void work() throws InterruptedException {
        while (true) {
            boolean news = changed.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            changed.drainPermits();
            LOG.log(System.Logger.Level.TRACE, "Looking news={0}", news);
            boolean known = source.synced() || clock.instant().isAfter(begun.plus(PATIENCE));
            if (known && loader.load()) {
                loop = "";
                responder.use(loader.configuration());
            }
            followPods();
            ServingAddresses addresses = wanted;
            if (addresses == null) {
                health.report(HealthLevel.STARTING, "waiting for the pod network");
            } else if (known) {
                serve(addresses);
            }
        }
    }

    /// Every pod of the cluster is followed only while the Corefile says `pods verified`.
    private void followPods() {
        ApiClient api = client;
        if (!responder.configuration().verifiesPods()) {
            pods.close();
            podClient = null;
        } else if (api != null && api != podClient) {
            pods.attach(api);
            podClient = api;
        }
    }

    private void serve(ServingAddresses addresses) {
        Configuration now = responder.configuration();
        try {
            String trouble = sockets.keep(addresses, now.ports().keySet());
            Map<InetSocketAddress, Set<String>> wantedPages = new HashMap<>();
            now.pages().forEach((written, paths) -> MonitoringPorts.sockets(written, addresses)
                    .forEach(at -> wantedPages.computeIfAbsent(at, a -> new HashSet<>()).addAll(paths)));
            pages.keep(wantedPages);
            ready = true;
            publish(addresses, trouble.isEmpty() ? loop : trouble);
        } catch (IOException e) {
            health.report(HealthLevel.STARTING, "waiting for the pod network: " + e.getMessage());
        }
    }

    private void publish(ServingAddresses addresses, String trouble) {
        ApiClient api = client;
        try {
            if (api != null) {
                publication.keep(api, addresses);
                loader.takeProblem().ifPresent(p -> tell(api, p.file(), p.reason(), String.valueOf(p.getMessage())
                        + "; the configuration before it is used on", ""));
                String problem = trouble.isEmpty() ? loader.trouble() : trouble;
                if (problem.isEmpty()) {
                    health.ok();
                } else {
                    health.degraded(problem);
                }
            }
        } catch (ApiFault e) {
            health.degraded("cannot publish kube-dns: " + e.getMessage());
        }
    }

    private void tell(ApiClient api, String file, String reason, String message, String node) {
        source.origin(file).ifPresent(map -> events.warn(api, map, reason, message, node));
    }

    private void watch(UpstreamWatch watch) throws InterruptedException {
        Semaphore never = new Semaphore(0);
        while (!never.tryAcquire(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
            if (ready) {
                watch.step(responder.configuration());
            }
        }
    }

    private void looping(String what) {
        loop = what;
        LOG.log(System.Logger.Level.WARNING, "DNS forwarding loop error={0}", what);
        ApiClient api = client;
        if (api != null) {
            tell(api, Configuration.PATH, "LoopDetected", settings.nodeName() + ": " + what, settings.nodeName());
        }
    }

    private void loadAgain() {
        loader.again();
        changed.release();
    }

    private HttpPort.Answer page(String path) {
        if (path.equals("/metrics")) {
            return new HttpPort.Answer("200 OK", MetricText.CONTENT_TYPE, "",
                    MetricsPage.of(responder.configuration(), loader.failures(), responder.panics()));
        }
        boolean ok = path.equals("/health") || views.synced();
        return new HttpPort.Answer(ok ? "200 OK" : "503 Service Unavailable", "text/plain; charset=utf-8", "",
                ok ? "OK" : Kubernetes.NAME);
    }

    /// Closes the sockets; the objects stay, since the successor listens at the same address.
    @Deactivate
    void stop() {
        upstreams.interrupt();
        worker.stop(STOP);
        upstreams.stop(STOP);
        sockets.close();
        pages.close();
        pods.close();
        views.close();
    }
}
