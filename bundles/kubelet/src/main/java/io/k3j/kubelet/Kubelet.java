package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.Phases;
import io.k3j.componentapi.TimeSource;
import io.k3j.edgeapi.Endpoint;
import io.k3j.nodeapi.ContainerRuntime;
import java.io.IOException;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
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
import org.osgi.service.condition.Condition;

/// The door: runs the pods of this node from the first API client on, while there is a runtime to run them with. An
/// API server that is replaced is followed to its successor. Stopping leaves every pod as it is; the next kubelet
/// adopts them.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.kubelet",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Kubelet {
    private final BundleContext context;
    private final HealthScope health;
    private final NodeAgent agent;
    private final List<Metrics> metrics = new CopyOnWriteArrayList<>();
    private final ServiceRegistration<Endpoint> endpoint;
    private @Nullable ServiceRegistration<Condition> ready;

    /// Begins.
    @Activate
    public Kubelet(BundleContext context, Settings settings, @Reference ContainerRuntime runtime,
            @Reference Health health) throws IOException {
        this.context = context;
        this.health = health.scope("kubelet");
        agent = new NodeAgent(settings, runtime, TimeSource.system(), this::ready, health);
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(Endpoint.PORT, "kubelet");
        endpoint = context.registerService(Endpoint.class, new KubeletServer(agent, this::others), properties);
    }

    /// What the other components of this process count of themselves.
    private String others() {
        return metrics.stream().map(Metrics::text).collect(Collectors.joining());
    }

    /// A component that counts.
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addMetrics(Metrics component) {
        metrics.add(component);
    }

    /// It counts no more.
    public void removeMetrics(Metrics component) {
        metrics.remove(component);
    }

    /// There is an API to hear of pods from: the first, or the one that takes the place of another.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void bindApi(ApiClient api) {
        agent.attach(api);
    }

    /// That one goes; pods do not notice.
    public void unbindApi(ApiClient api) {
        agent.detach(api);
    }

    private synchronized void ready(boolean now) {
        if (now) {
            health.ok();
        } else {
            health.degraded("the node is not ready");
        }
        if (now && ready == null) {
            Dictionary<String, Object> properties = new Hashtable<>();
            properties.put(Phases.ID, Phases.NODE_READY);
            ready = context.registerService(Condition.class, Condition.INSTANCE, properties);
        } else if (!now && ready != null) {
            ready.unregister();
            ready = null;
        }
    }

    /// Stops working within five seconds.
    @Deactivate
    void stop() {
        endpoint.unregister();
        agent.close();
        synchronized (this) {
            if (ready != null) {
                ready.unregister();
                ready = null;
            }
        }
    }
}
