package io.k3j.clusterdns;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.SupervisedLoop;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.LiveViews;
import io.k3j.nodeapi.PodNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The door: one pair of sockets per address of this node's place, answering as long as this is active, also while
/// the pod network's component or the API is being replaced. The addresses may come late, so opening is tried until it
/// succeeds.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.clusterdns",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ClusterDns {
    private static final System.Logger LOG = System.getLogger("io.k3j.clusterdns");
    private static final long LOOK_MILLIS = 1000;

    private final InstantSource clock = TimeSource.system().monotonic();
    private final LiveViews views = new LiveViews(InstantSource.system());
    private final Settings settings;
    private final Health loops;
    private final HealthScope health;
    private final Responder responder;
    private final Publication publication;
    private final List<Listeners> listeners = new ArrayList<>();
    private final Semaphore changed = new Semaphore(0);
    private final SupervisedLoop worker;
    private volatile @Nullable ApiClient client;
    private volatile @Nullable Place wanted;
    private @Nullable Place open;

    /// Begins; the sockets open in the background.
    @Activate
    public ClusterDns(Settings settings, @Reference Health health) {
        this.settings = settings;
        this.loops = health;
        this.health = health.scope("cluster-dns");
        Zone zone = new Zone(settings.clusterDomain(), new Picture(views));
        publication = new Publication(views, settings.nodeName(), List.of(settings.clusterDns()));
        responder = new Responder(zone, new Forwarder(() -> Resolvers.of(settings.resolvConf(), own()),
                RandomGenerator.getDefault(), clock));
        if (settings.flannelBackend().equals("none")) {
            wanted = Place.outside(List.of(settings.nodeIp()), List.of(settings.clusterCidr()));
        }
        worker = SupervisedLoop.virtual(health, "cluster-dns-worker", this::work).start();
    }

    /// Listens where the newest pod network has this node; the place stays while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindNetwork(PodNetwork network) {
        wanted = Place.inside(network.gateways());
        changed.release();
    }

    /// The successor is bound by itself.
    void unbindNetwork(PodNetwork network) {
        LOG.log(System.Logger.Level.DEBUG, "pod network {0} is being replaced", network.ranges());
    }

    /// Follows the newest client; the picture stays while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        client = api;
        views.attach(api);
        changed.release();
    }

    /// The client has gone; its successor is bound by itself.
    void unbindApi(ApiClient api) {
        if (client == api) {
            client = null;
        }
    }

    /// Addresses that must not be asked, because they lead back here.
    private Set<String> own() {
        Set<String> all = new HashSet<>(List.of(settings.clusterDns()));
        Place place = wanted;
        if (place != null) {
            all.addAll(place.addresses());
        }
        return all;
    }

    private void work() throws InterruptedException {
        while (true) {
            boolean news = changed.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            changed.drainPermits();
            LOG.log(System.Logger.Level.TRACE, "looking news={0}", news);
            Place place = wanted;
            if (place == null) {
                health.report(HealthLevel.STARTING, "waiting for the pod network");
            } else if (opened(place)) {
                publish(place);
            }
        }
    }

    private void publish(Place place) {
        ApiClient api = client;
        try {
            if (api != null) {
                publication.keep(api, place);
                health.ok();
            }
        } catch (ApiFault e) {
            health.degraded("cannot publish kube-dns: " + e.getMessage());
        }
    }

    private boolean opened(Place place) {
        if (place.equals(open)) {
            return true;
        }
        List<Listeners> next = new ArrayList<>();
        boolean done = false;
        try {
            for (String address : place.addresses()) {
                next.add(new Listeners(new InetSocketAddress(InetAddress.ofLiteral(address), place.port()), responder,
                        place::welcome, clock,
                        loops));
            }
            LOG.log(System.Logger.Level.INFO, "listening on {0} port {1}", place.addresses(),
                    Integer.toString(place.port()));
            listeners.forEach(Listeners::close);
            listeners.clear();
            listeners.addAll(next);
            open = place;
            done = true;
        } catch (IOException e) {
            health.report(HealthLevel.STARTING, "waiting for the pod network: " + e.getMessage());
        } finally {
            // else the addresses would be in use when it is tried again
            if (!done) {
                next.forEach(Listeners::close);
            }
        }
        return done;
    }

    /// Closes the sockets; the objects stay, the successor answers at the same address.
    @Deactivate
    void stop() throws InterruptedException {
        worker.interrupt();
        worker.join(Long.MAX_VALUE);
        listeners.forEach(Listeners::close);
        views.close();
    }
}
