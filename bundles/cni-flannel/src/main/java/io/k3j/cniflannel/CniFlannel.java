package io.k3j.cniflannel;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.SupervisedLoop;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.controllerkit.Resources;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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

/// The door: brings this node's pod network about as soon as the node has its ranges, offers it as [PodNetwork] from
/// then on, and keeps the ways to the other nodes.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.cniflannel",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class CniFlannel {
    private static final System.Logger LOG = System.getLogger("io.k3j.cniflannel");
    /// How often it is looked whether the devices are still there.
    private static final long LOOK_SECONDS = 5;
    private static final WriteOptions TOLD = WriteOptions.STATUS.by("flannel");
    private final String name;
    private final BundleContext context;
    private final HealthScope health;
    private final LiveViews views = new LiveViews(InstantSource.system());
    private final LiveView nodes = views.of(Resources.NODES);
    private final Semaphore changed = new Semaphore(0);
    private final PodFabric fabric;
    private final SupervisedLoop worker;
    private volatile @Nullable ApiClient client;
    private @Nullable ServiceRegistration<PodNetwork> offered;

    /// The values of one network.
    private record Network(List<String> ranges, List<String> gateways) implements PodNetwork {
    }

    /// Begins to follow the nodes.
    /// @throws IllegalArgumentException when `--flannel-backend` or `--cluster-cidr` means nothing
    @Activate
    public CniFlannel(BundleContext context, Settings settings, @Reference PacketFilter filter,
            @Reference Health health) {
        this.context = context;
        this.name = settings.nodeName();
        this.health = health.scope("cni-flannel");
        this.health.report(HealthLevel.STARTING, "waiting for this node's pod range");
        fabric = new PodFabric(settings, filter, new SecureRandom());
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
        worker = SupervisedLoop.virtual(health, "cni-flannel-worker", this::work).start();
    }

    /// Follows the newest client; the network stays while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        client = api;
        views.attach(api);
    }

    /// The successor is bound by itself.
    void unbindApi(ApiClient api) {
        LOG.log(System.Logger.Level.DEBUG, "api client {0} gone", api.getClass().getSimpleName());
        if (client == api) {
            client = null;
        }
    }

    private void work() throws InterruptedException {
        while (true) {
            boolean news = changed.tryAcquire(LOOK_SECONDS, TimeUnit.SECONDS);
            changed.drainPermits();
            LOG.log(System.Logger.Level.TRACE, "looking news={0}", news);
            nodes.get(Key.of(name)).filter(me -> !Lease.ranges(me).isEmpty()).ifPresent(this::sync);
        }
    }

    private void sync(Obj me) {
        try {
            PodFabric.Outcome outcome = fabric.ready(me);
            if (outcome.changed() || offered == null) {
                offer(outcome.ranges());
            }
            tell(me, outcome.annotations());
            if (nodes.synced()) {
                fabric.connect(nodes.list());
            }
            health.ok();
        } catch (ApiFault e) {
            health.degraded("cannot tell the other nodes how to reach this one: " + e.getMessage());
        } catch (IOException | FilterRefused | UncheckedIOException | IllegalArgumentException e) {
            fabric.forget();
            health.degraded("pod network not ready: " + e.getMessage());
            LOG.log(System.Logger.Level.WARNING, "pod network not ready: {0}", e.getMessage());
        }
    }

    /// Writes the annotations that are not as they should be.
    private void tell(Obj me, Map<String, String> annotations) {
        ApiClient api = client;
        Map<String, String> there = me.annotations();
        if (api == null || annotations.entrySet().stream().allMatch(a -> a.getValue().equals(there.get(a.getKey())))) {
            return;
        }
        api.patch(Resources.NODES, me.key(),
                new Patch.Merge(Struct.of("metadata", Struct.of("annotations", Struct.copyOf(annotations)))), TOLD);
    }

    private void offer(List<Range> ranges) {
        List<String> texts = ranges.stream().map(Range::toString).toList();
        if (offered != null) {
            offered.unregister();
        }
        offered = context.registerService(PodNetwork.class,
                new Network(texts, ranges.stream().map(Range::gateway).toList()), null);
        LOG.log(System.Logger.Level.INFO, "pod network ready ranges={0}", texts);
    }

    /// Ends the thread; the network stays as it is.
    @Deactivate
    void stop() throws InterruptedException {
        worker.interrupt();
        worker.join(Long.MAX_VALUE);
        views.close();
        if (offered != null) {
            offered.unregister();
        }
    }
}
