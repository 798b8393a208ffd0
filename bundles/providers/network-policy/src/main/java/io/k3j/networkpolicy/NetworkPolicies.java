package io.k3j.networkpolicy;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.netpolicy.DnsStandIn;
import io.k3j.nodeapi.PacketFilter;
import io.k3j.nodeapi.PodNetwork;
import io.k3j.nodeapi.PodStartGate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The OSGi component: views of the cluster on one side, one thread that writes the kernel's table on the other, and
/// the gate where the kubelet waits before it starts a pod's first container.
@Component(service = {PodStartGate.class, Metrics.class}, immediate = true, configurationPid = "io.k3j.networkpolicy",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class NetworkPolicies implements PodStartGate, Metrics {
    private static final System.Logger LOG = System.getLogger("io.k3j.networkpolicy");
    private static final Duration START_LIMIT = Duration.ofSeconds(5);
    private static final Duration LAST_WRITE = Duration.ofSeconds(2);
    /// How long a stop waits for a write that did not end by itself.
    private static final Duration STOP = Duration.ofSeconds(1);
    private final LiveViews views = new LiveViews(InstantSource.system());
    private final Knowledge knowledge;
    private final PolicyRefusals refusals;
    private final PolicyLoop loop;
    private final SupervisedLoop worker;
    private final SupervisedLoop teller;
    private final AutoCloseable foreignChanges;

    /// The settings.
    public @interface Settings {
        /// `--node-name`.
        String nodeName() default "localhost";

        /// `--cluster-cidr`.
        String[] clusterCidr() default {"10.42.0.0/16"};

        /// `--flannel-backend`: with `none` nobody has to tell this node's ranges.
        String flannelBackend() default "vxlan";

        /// `--flannel-cni-conf`: with somebody else's plug-ins pods may have any address.
        String flannelCniConf() default "";
    }

    /// Closes the pod network where nothing stands yet; the rules follow when the views are synced.
    @Activate
    public NetworkPolicies(Settings settings, @Reference PacketFilter filter, @Reference Health health) {
        Picture picture = new Picture(settings.nodeName(), settings.flannelCniConf().isEmpty());
        LiveView policies = views.of(BuiltinResources.NETWORK_POLICIES);
        knowledge = new Knowledge(views::synced, !settings.flannelBackend().equals("none"),
                TimeSource.system().monotonic());
        refusals = new PolicyRefusals(settings.nodeName(), policies::get, TimeSource.system());
        loop = new PolicyLoop(picture, filter, knowledge,
                new PolicyLoop.PolicyReports(health.scope("network-policy"), new Counters(), refusals),
                List.of(settings.clusterCidr()));
        follow(views.of(BuiltinResources.NAMESPACES),
                (one, now) -> loop.change(p -> p.namespace(one.name(), now == null ? null : now.labels())));
        follow(policies, (one, now) -> loop.change(p -> p.policy(one.key(), now)));
        follow(views.of(BuiltinResources.NODES, Query.ALL, NodePodRanges.FIELDS),
                (one, now) -> loop.change(p -> p.node(one.name(), now == null ? List.of() : NodePodRanges.of(now))));
        follow(views.of(BuiltinResources.PODS, Query.ALL, BuiltinResources.CLUSTER_PODS),
                (one, now) -> loop.change(p -> {
                    if (now == null) {
                        p.gone(one);
                    } else {
                        p.pod(now);
                    }
                }));
        LiveView dns = views.of(BuiltinResources.ENDPOINT_SLICES, Query.in(DnsStandIn.NAMESPACE)
                .labelled(Selector.ofLabels(Map.of(DnsStandIn.SERVICE_LABEL, DnsStandIn.SERVICE))));
        follow(dns, (one, now) -> loop.change(p -> p.standIn(DnsStandIn.of(dns.list(), settings.nodeName()))));
        loop.closeUnlessDecided();
        foreignChanges = filter.onForeignChange(loop::suspect);
        worker = SupervisedLoop.virtual(health, "network-policy-worker", loop::run).start();
        teller = SupervisedLoop.virtual(health, "network-policy-events", refusals::write).start();
    }

    /// @param told takes an object as it is, or else as it was, and as it is, null when it has gone
    private void follow(LiveView view, BiConsumer<Obj, @Nullable Obj> told) {
        view.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                Obj one = after != null ? after : before;
                if (one != null) {
                    told.accept(one, after);
                }
            }

            @Override
            public void synced() {
                loop.change(p -> LOG.log(System.Logger.Level.DEBUG, "View synced resource={0}",
                        view.resource().qualified()));
            }
        });
    }

    /// Uses the newest client; keeps the rules while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        refusals.by(api);
        views.attach(api);
    }

    /// OSGi binds the successor.
    void unbindApi(ApiClient api) {
        LOG.log(System.Logger.Level.DEBUG, "Api client {0} gone", api.getClass().getSimpleName());
    }

    /// Knows this node's ranges from now on. Without any, as in a network that is somebody else's, only packets of
    /// known pods are judged.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindNetwork(PodNetwork network) {
        List<String> ranges = network.ranges();
        loop.change(p -> {
            p.ranges(ranges);
            knowledge.found();
        });
    }

    /// The ranges stay until there are others.
    void unbindNetwork(PodNetwork network) {
        LOG.log(System.Logger.Level.DEBUG, "Pod network {0} gone", network.ranges());
    }

    @Override
    public void beforeStart(Obj pod, List<String> addresses) throws InterruptedException {
        loop.decide(pod, addresses, START_LIMIT);
    }

    @Override
    public String text() {
        return loop.metrics();
    }

    /// Stops the threads; the rules stay.
    @Deactivate
    void stop() throws Exception {
        foreignChanges.close();
        teller.interrupt();
        loop.stop();
        if (!worker.join(LAST_WRITE.toMillis())) {
            worker.stop(STOP);
        }
        teller.stop(STOP);
        views.close();
    }
}
