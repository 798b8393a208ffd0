package io.k3j.cniflannel;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Resources;
import io.k3j.model.Obj;
import io.k3j.netfilter.Table;
import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import io.k3j.nodeapi.PodNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
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

/// The door: brings this node's pod network about as soon as the node has its ranges, and offers it as
/// [PodNetwork] from then on.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.cniflannel",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class CniFlannel {
    private static final System.Logger LOG = System.getLogger("io.k3j.cniflannel");
    private final Settings settings;
    private final BundleContext context;
    private final PacketFilter filter;
    private final HealthScope health;
    private final Host host = new Host();
    private final LiveView node;
    private final BlockingQueue<List<String>> wanted = new ArrayBlockingQueue<>(64);
    private final Thread worker;
    private List<String> now = List.of();
    private @Nullable ServiceRegistration<PodNetwork> offered;

    /// Its settings.
    public @interface Settings {
        /// `--data-dir`.
        String dataDir() default "/var/lib/rancher/k3s";

        /// `--node-name`.
        String nodeName() default "localhost";

        /// `--cluster-cidr`.
        String[] clusterCidr() default {"10.42.0.0/16"};

        /// `--flannel-backend`.
        String flannelBackend() default "vxlan";
    }

    /// The values of one network.
    private record Network(List<String> ranges, List<String> gateways) implements PodNetwork {
    }

    /// Begins to follow this node.
    @Activate
    public CniFlannel(BundleContext context, Settings settings, @Reference PacketFilter filter,
            @Reference Health health) {
        this.context = context;
        this.settings = settings;
        this.filter = filter;
        this.health = health.scope("cni-flannel");
        this.health.report(HealthLevel.STARTING, "waiting for this node's pod range");
        node = new LiveView(Resources.NODES, Query.ALL.where("metadata.name", settings.nodeName()),
                InstantSource.system());
        node.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                if (after != null && !after.spec().seq("podCIDRs").isEmpty()) {
                    wanted.offer(after.spec().seq("podCIDRs").texts());
                }
            }
        });
        worker = Thread.ofVirtual().name("cni-flannel").start(this::work);
    }

    /// Follows the newest client; the network stays while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        node.attach(api);
    }

    /// The successor is bound by itself.
    void unbindApi(ApiClient api) {
        LOG.log(System.Logger.Level.DEBUG, "api client {0} gone", api.getClass().getSimpleName());
    }

    private void work() {
        try {
            while (true) {
                List<String> ranges = wanted.take();
                if (!ranges.equals(now)) {
                    apply(ranges);
                }
            }
        } catch (InterruptedException e) {
            LOG.log(System.Logger.Level.DEBUG, "stopped");
        }
    }

    private void apply(List<String> ranges) {
        try {
            NetworkPlan plan = new NetworkPlan(ranges.stream().map(Range::parse).toList(),
                    List.of(settings.clusterCidr()).stream().map(Range::parse).toList(), settings.flannelBackend());
            host.sysctls();
            if (!host.linkExists(NetworkPlan.BRIDGE)) {
                host.ip(List.of("ip", "link", "add", NetworkPlan.BRIDGE, "type", "bridge"));
            }
            for (List<String> line : plan.links()) {
                host.ip(line);
            }
            for (Table table : plan.tables()) {
                filter.apply(table.restated(filter.objects(table.family(), table.name())));
            }
            host.write(Path.of("/run/flannel/subnet.env"), plan.subnetEnv());
            host.write(conflist(settings), plan.conflist());
            now = ranges;
            offer(new Network(ranges, plan.ranges().stream().map(Range::gateway).toList()));
            health.ok();
            LOG.log(System.Logger.Level.INFO, "pod network ready ranges={0}", ranges);
        } catch (IOException | FilterRefused | UncheckedIOException | IllegalArgumentException e) {
            health.degraded("pod network not ready: " + e.getMessage());
            LOG.log(System.Logger.Level.WARNING, "pod network not ready: {0}", e.getMessage());
        }
    }

    static Path conflist(Settings settings) {
        return Path.of(settings.dataDir(), "agent/etc/cni/net.d/10-flannel.conflist");
    }

    private void offer(PodNetwork network) {
        if (offered != null) {
            offered.unregister();
        }
        offered = context.registerService(PodNetwork.class, network, null);
    }

    /// Ends the thread; the network stays as it is.
    @Deactivate
    void stop() throws InterruptedException {
        worker.interrupt();
        worker.join();
        node.close();
        if (offered != null) {
            offered.unregister();
        }
    }
}
