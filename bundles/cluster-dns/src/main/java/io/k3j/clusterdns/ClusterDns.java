package io.k3j.clusterdns;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.controllerkit.LiveViews;
import io.k3j.nodeapi.PodNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The door: one pair of sockets per gateway of the pod network, answering as long as this is active. The
/// gateway exists only once the first pod has a network, so opening is tried until it succeeds.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.clusterdns",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ClusterDns {
    private static final System.Logger LOG = System.getLogger("io.k3j.clusterdns");
    private static final int PORT = 53;
    private static final long RETRY_MILLIS = 500;

    private final LiveViews views = new LiveViews(InstantSource.system());
    private final Settings settings;
    private final PodNetwork network;
    private final HealthScope health;
    private final Responder responder;
    private final List<Listeners> listeners = new ArrayList<>();
    private final BlockingQueue<ApiClient> clients = new ArrayBlockingQueue<>(16);
    private final Thread worker;
    private volatile boolean stopped;

    /// Its settings.
    public @interface Settings {
        /// `--node-name`.
        String nodeName() default "localhost";

        /// `--cluster-dns`.
        String[] clusterDns() default {"10.43.0.10"};

        /// `--cluster-domain`.
        String clusterDomain() default "cluster.local";

        /// `--resolv-conf`.
        String resolvConf() default "";
    }

    /// Begins; the sockets open in the background.
    @Activate
    public ClusterDns(Settings settings, @Reference PodNetwork network, @Reference Health health) {
        this.settings = settings;
        this.network = network;
        this.health = health.scope("cluster-dns");
        Set<String> own = new HashSet<>(network.gateways());
        own.addAll(List.of(settings.clusterDns()));
        Zone zone = new Zone(settings.clusterDomain(), new Picture(views));
        responder = new Responder(zone, new Forwarder(() -> Resolvers.of(settings.resolvConf(), own),
                RandomGenerator.getDefault(), InstantSource.system()));
        worker = Thread.ofVirtual().name("cluster-dns").start(this::work);
    }

    /// Follows the newest client; the picture stays while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        views.attach(api);
        if (!clients.offer(api)) {
            LOG.log(System.Logger.Level.WARNING, "too many API clients at once");
        }
    }

    /// The client has gone; its successor is bound by itself.
    void unbindApi(ApiClient api) {
        clients.remove(api);
    }

    private void work() {
        boolean published = false;
        ApiClient api = null;
        while (!stopped) {
            try {
                ApiClient next = published ? clients.take() : clients.poll(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                published &= next == null;
                api = next == null ? api : next;
                if (open() && !published && api != null) {
                    new Publication(api, settings.nodeName()).publish(List.of(settings.clusterDns()),
                            network.gateways(), PORT);
                    published = true;
                    health.ok();
                }
            } catch (ApiFault e) {
                health.degraded("cannot publish kube-dns: " + e.getMessage());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private boolean open() {
        if (!listeners.isEmpty()) {
            return true;
        }
        try {
            for (String gateway : network.gateways()) {
                listeners.add(new Listeners(InetAddress.ofLiteral(gateway), PORT, responder));
            }
            LOG.log(System.Logger.Level.INFO, "listening on {0} port 53", network.gateways());
            return true;
        } catch (IOException e) {
            listeners.forEach(Listeners::close);
            listeners.clear();
            health.report(HealthLevel.STARTING, "waiting for the pod network: " + e.getMessage());
            return false;
        }
    }

    /// Closes the sockets; the objects stay, the successor answers at the same address.
    @Deactivate
    void stop() throws InterruptedException {
        stopped = true;
        worker.interrupt();
        worker.join();
        listeners.forEach(Listeners::close);
        views.close();
    }
}
