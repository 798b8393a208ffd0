package io.k3j.embeddedregistry;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.edgeapi.Endpoint;
import io.k3j.imageregistries.SharedRegistries;
import io.k3j.model.Key;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/// A node that shares: its parts, its endpoints and its one thread.
final class NodeShare implements AutoCloseable {
    /// K3s' variable: whether images are shared by the tag `latest`, too.
    static final String LATEST_VARIABLE = "K3S_P2P_ENABLE_LATEST";
    private static final String MANAGER = "k3s";
    private static final Duration HEAD_LIMIT = Duration.ofSeconds(10);
    private static final long LOOK_SECONDS = 10;
    /// Blobs that this node gives at once, and to one other.
    private static final int MOST_GIVEN = 48;
    private static final int MOST_GIVEN_TO_ONE = 8;
    /// Requests of its own containerd at once: five pulls of three layers each, and room.
    private static final int MOST_ASKED = 64;
    private static final Duration STOP = Duration.ofSeconds(2);
    private final String node;
    private final HealthScope health;
    private final NodePeers peers;
    private final PeerClient client;
    private final HolderTable table;
    private final Holders holders;
    private final Announcements announcements;
    private final Sharing sharing;
    private final Semaphore changed = new Semaphore(0);
    private final List<ServiceRegistration<?>> served = new ArrayList<>();
    private final SupervisedLoop loop;
    private volatile @Nullable ApiClient api;
    private boolean begun;

    /// Begins in the background.
    ///
    /// @param environment of the process
    NodeShare(BundleContext context, EmbeddedRegistrySettings settings, Health loops, HealthScope health,
            Map<String, String> environment) {
        this.node = settings.nodeName();
        this.health = health;
        InstantSource clock = TimeSource.system().monotonic();
        Path agent = Path.of(settings.dataDir(), "agent");
        Path file = Path.of(settings.privateRegistry());
        ContentDirectory content = new ContentDirectory(agent.resolve("containerd"));
        SharedRegistries registries = new SharedRegistries(file);
        boolean latest = latest(environment);
        peers = new NodePeers(new NodeCertificate(agent), settings.flannelExternalIp(), clock);
        client = new PeerClient(peers, clock, HEAD_LIMIT);
        table = new HolderTable(clock);
        holders = new Holders(node, peers, client, table, Holders.LIMIT);
        announcements = new Announcements(node, peers, client, table);
        sharing = new Sharing(file, registries,
                new ContainerdImages(Path.of(settings.runtimeDir(), "containerd.sock"))::list, content, latest, clock,
                new SecureRandom());
        Room given = new Room(MOST_GIVEN, MOST_GIVEN_TO_ONE);
        MirrorEndpoint mirror = new MirrorEndpoint(node, registries, latest, holders, client,
                new Room(MOST_ASKED, MOST_ASKED));
        serve(context, "kubelet", mirror);
        serve(context, "kubelet", new NodeEndpoint(peers, table, content, sharing::images, given,
                Set.of(NodeEndpoint.ROOT)));
        serve(context, "server", new NodeEndpoint(peers, table, content, sharing::images, given,
                Set.of(NodeEndpoint.ROOT, "/v2")));
        Metrics metrics = mirror::metrics;
        served.add(context.registerService(Metrics.class, metrics, new Hashtable<>()));
        loop = SupervisedLoop.virtual(loops, "embedded-registry-worker", this::work).start();
    }

    /// As Go reads a flag.
    static boolean latest(Map<String, String> environment) {
        return Set.of("1", "t", "T", "TRUE", "true", "True").contains(environment.getOrDefault(LATEST_VARIABLE, ""));
    }

    private void serve(BundleContext context, String port, Endpoint endpoint) {
        served.add(context.registerService(Endpoint.class, endpoint, new Hashtable<>(Map.of(Endpoint.PORT, port))));
    }

    /// Uses this client from now on.
    void attach(ApiClient given) {
        api = given;
        peers.attach(given);
        changed.release();
    }

    /// Goes on with what is known.
    void detach(ApiClient gone) {
        if (api == gone) {
            api = null;
        }
    }

    private void work() throws InterruptedException {
        while (true) {
            step();
            if (changed.tryAcquire(LOOK_SECONDS, TimeUnit.SECONDS)) {
                changed.drainPermits();
            }
        }
    }

    private void step() throws InterruptedException {
        try {
            sharing.step(announcements::tell);
            table.sweep(peers.names());
            if (label()) {
                begun = true;
                health.ok();
            }
        } catch (IOException e) {
            // containerd comes up beside this
            health.report(begun ? HealthLevel.DEGRADED : HealthLevel.STARTING,
                    "shares no images for now: " + e.getMessage());
        }
    }

    /// Says that this node shares, by K3s' label, which the others look for; again where somebody took it away.
    ///
    /// @return whether nothing is wrong with that
    private boolean label() {
        ApiClient given = api;
        if (given == null || !peers.missing(node)) {
            return true;
        }
        try {
            given.patch(BuiltinResources.NODES, Key.of(node), new Patch.Merge(Struct.of("metadata",
                    Struct.of("labels", Struct.of(NodePeers.LABEL, "true")))), WriteOptions.PLAIN.by(MANAGER));
            return true;
        } catch (ApiFault e) {
            // the kubelet registers its Node beside this
            health.report(begun ? HealthLevel.DEGRADED : HealthLevel.STARTING,
                    "cannot tell that this node shares images: " + e.getMessage());
            return false;
        }
    }

    @Override
    public void close() {
        served.forEach(ServiceRegistration::unregister);
        client.close();
        holders.close();
        announcements.close();
        loop.stop(STOP);
        peers.close();
    }
}
