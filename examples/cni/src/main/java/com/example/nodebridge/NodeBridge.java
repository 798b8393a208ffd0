package com.example.nodebridge;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Plan;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.nodeapi.PodNetwork;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
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

/// The component: sets the network up once this node has its ranges, and tells of it from then on, also while the API
/// is away. Its configuration, which is empty, is there but while [Removal] takes the network away.
@Component(service = {}, immediate = true, configurationPid = "com.example.nodebridge",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class NodeBridge implements View.Listener {
    static final Gvr NODES = new Gvr("", "v1", "nodes");
    private final BundleContext context;
    private final HealthScope health;
    private final Machine machine = Machine.here();
    private final LiveView node;
    private Optional<BridgeNetwork> told = Optional.empty();
    private ServiceRegistration<PodNetwork> registration;
    private boolean stopped;

    /// Returns at once: the view tells of the Node.
    @Activate
    public NodeBridge(BundleContext context, @Reference Plan plan, @Reference Health health) {
        this.context = context;
        this.health = health.scope("node-bridge");
        String name = String.valueOf(plan.settings().get("nodeName"));
        this.node = new LiveView(NODES, Query.ALL.where("metadata.name", name), InstantSource.system());
        this.health.report(HealthLevel.STARTING, "waits for the ranges of the node " + name);
        node.listen(this);
    }

    /// Follows the newest client; the network stays while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        node.attach(api);
    }

    void unbindApi(ApiClient api) {
        // its views end with it, and its successor is followed by then
    }

    /// On the view's own thread, which may block. What fails is tried again with the next change of the Node.
    @Override
    public synchronized void changed(Obj before, Obj after) {
        if (after == null || stopped) {
            return;
        }
        try {
            BridgeNetwork network = BridgeNetwork.of(after);
            if (!network.ranges().isEmpty() && !told.equals(Optional.of(network))) {
                machine.setUp(network);
                tell(network);
                health.ok();
            }
        } catch (IOException | IllegalArgumentException e) {
            health.degraded("there is no pod network: " + e.getMessage());
        }
    }

    /// Another network is another service.
    private void tell(BridgeNetwork network) {
        withdraw();
        registration = context.registerService(PodNetwork.class, network, null);
        told = Optional.of(network);
    }

    private void withdraw() {
        if (registration != null) {
            registration.unregister();
            registration = null;
        }
    }

    /// Tells of the network no more; it stays, with the pods on it.
    @Deactivate
    public void stop() {
        node.close();
        synchronized (this) {
            stopped = true;
            withdraw();
        }
    }
}
