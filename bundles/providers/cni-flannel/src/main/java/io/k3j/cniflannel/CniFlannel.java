package io.k3j.cniflannel;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.componenthelpers.Cidr;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import io.k3j.nodeapi.PodNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The OSGi component: sets up this node's pod network as soon as the node has its pod CIDRs, then registers
/// [PodNetwork], and maintains the routes to the other nodes.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.cniflannel",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class CniFlannel {
    private static final System.Logger LOG = System.getLogger("io.k3j.cniflannel");
    /// How long a stop waits for a change of the network that is under way.
    private static final Duration STOP = Duration.ofSeconds(2);
    private static final WriteOptions TOLD = WriteOptions.STATUS.by("flannel");
    private final String name;
    private final BundleContext context;
    private final HealthScope health;
    private final LiveViews views = new LiveViews(InstantSource.system());
    private final LiveView nodes = views.of(BuiltinResources.NODES, Query.ALL, Lease.FIELDS);
    private final Semaphore changed = new Semaphore(0);
    private final FlannelSettings settings;
    private final PacketFilter filter;
    private final SupervisedLoop worker;
    private final AutoCloseable hearing;
    /// Whether somebody else has changed the rules of this machine.
    private final AtomicBoolean suspected = new AtomicBoolean();
    private volatile @Nullable ApiClient client;
    private boolean told;
    private @Nullable PodFabric fabric;
    private @Nullable ServiceRegistration<PodNetwork> offered;

    /// Opens the view of Nodes, which tells of other leases and ranges only: most changes of a Node are signs of life.
    @Activate
    public CniFlannel(BundleContext context, FlannelSettings settings, @Reference PacketFilter filter,
            @Reference Health health) {
        this.context = context;
        this.settings = settings;
        this.filter = filter;
        this.name = settings.nodeName();
        this.health = health.scope("cni-flannel");
        this.health.report(HealthLevel.STARTING, "waiting for this node's pod range");
        nodes.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                changed.release();
            }

            @Override
            public void synced() {
                changed.release();
            }
        });
        hearing = filter.onForeignChange(() -> {
            suspected.set(true);
            changed.release();
        });
        worker = SupervisedLoop.virtual(health, "cni-flannel-worker", this::work).start();
    }

    /// Uses the newest client; keeps the network while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        client = api;
        views.attach(api);
    }

    /// OSGi binds the successor.
    void unbindApi(ApiClient api) {
        LOG.log(System.Logger.Level.DEBUG, "Api client {0} gone", api.getClass().getSimpleName());
        if (client == api) {
            client = null;
        }
    }

    private void work() throws InterruptedException {
        CheckTimes times = new CheckTimes(TimeSource.system().monotonic());
        while (true) {
            boolean news = changed.tryAcquire(times.left().toNanos(), TimeUnit.NANOSECONDS);
            changed.drainPermits();
            boolean look = times.look();
            LOG.log(System.Logger.Level.TRACE, "Looking news={0} look={1}", news, look);
            if (look && times.rules()) {
                suspected.set(true);
            }
            nodes.get(Key.of(name)).filter(me -> !Lease.ranges(me).isEmpty()).ifPresent(me -> {
                tellOnce();
                sync(me, look);
            });
        }
    }

    /// A line of flannel's, word for word: Testcontainers' K3sContainer, in each of its languages, waits for it.
    private void tellOnce() {
        if (!told && nodes.synced()) {
            told = true;
            LOG.log(System.Logger.Level.INFO, "Node controller sync successful");
        }
    }

    private void sync(Obj me, boolean look) {
        try {
            PodFabric here = fabric();
            if (suspected.getAndSet(false)) {
                here.suspect();
            }
            PodFabric.Outcome outcome = here.ready(me);
            if (outcome.changed() || offered == null) {
                offer(outcome.ranges());
            }
            updateAnnotations(me, outcome);
            String problem = nodes.synced() ? connect(here, look) : "";
            tell(problem.isEmpty() ? outcome.problem() : problem);
        } catch (ApiFault e) {
            health.degraded("cannot tell the other nodes how to reach this one: " + e.getMessage());
        } catch (IOException | FilterRefused | UncheckedIOException | IllegalArgumentException e) {
            if (fabric != null) {
                fabric.forget();
            }
            health.degraded("pod network not ready: " + e.getMessage());
        }
    }

    /// What is wrong with the ways to others leaves this node's own part as it is.
    private String connect(PodFabric here, boolean look) {
        try {
            here.connect(nodes.list(), look);
            return "";
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            return "cannot lead to the pods of other nodes: " + e.getMessage();
        }
    }

    private void tell(String problem) {
        if (problem.isEmpty()) {
            health.ok();
        } else {
            health.degraded(problem);
        }
    }

    /// Reads the configuration once; a bad file leaves what is there and is read again until it is mended.
    private PodFabric fabric() {
        PodFabric here = fabric;
        if (here == null) {
            here = new PodFabric(settings, filter, new SecureRandom());
            fabric = here;
        }
        return here;
    }

    /// Updates the annotations of the Node that differ.
    private void updateAnnotations(Obj me, PodFabric.Outcome outcome) {
        ApiClient api = client;
        Map<String, String> there = me.annotations();
        Struct.Builder changes = Struct.builder();
        outcome.annotations().entrySet().stream().filter(a -> !a.getValue().equals(there.get(a.getKey())))
                .forEach(a -> changes.put(a.getKey(), a.getValue()));
        outcome.dropped().stream().filter(there::containsKey).forEach(a -> changes.put(a, null));
        Struct all = changes.build();
        if (api != null && !all.isEmpty()) {
            api.patch(BuiltinResources.NODES, me.key(),
                    new Patch.Merge(Struct.of("metadata", Struct.of("annotations", all))), TOLD);
        }
    }

    private void offer(List<Cidr> ranges) {
        NodeNetwork network = NodeNetwork.of(ranges);
        if (offered != null) {
            offered.unregister();
        }
        offered = context.registerService(PodNetwork.class, network, null);
        LOG.log(System.Logger.Level.INFO, "Pod network ready ranges={0}", network.ranges());
    }

    /// Stops the thread; the network stays.
    @Deactivate
    void stop() throws Exception {
        hearing.close();
        worker.stop(STOP);
        views.close();
        if (offered != null) {
            offered.unregister();
        }
    }
}
