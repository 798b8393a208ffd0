package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.Phases;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.BoundMetrics;
import io.k3j.componentbase.BoundServices;
import io.k3j.edgeapi.Endpoint;
import io.k3j.kubeletoptions.KubeletSettings;
import io.k3j.kubeletoptions.OomScore;
import io.k3j.kubeletoptions.ServedOptions;
import io.k3j.kubeletserver.KubeletServer;
import io.k3j.metricstext.MetricFamilies;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.PodStartGate;
import io.k3j.volumeapi.VolumeDrivers;
import java.io.IOException;
import java.time.Duration;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
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

/// The OSGi component of the kubelet: runs the pods of this node from the first API client on. When the API server is
/// swapped, it follows the successor. Stopping leaves every pod running; the next kubelet adopts them.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.kubelet",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Kubelet {
    private static final String COMPONENT = "component";
    private final BundleContext context;
    private final HealthScope health;
    private final NodeAgent agent;
    private final BoundMetrics metrics = new BoundMetrics();
    private final ServiceRegistration<Endpoint> endpoint;
    private final List<ServiceRegistration<Metrics>> own;
    private @Nullable ServiceRegistration<Condition> ready;
    private boolean stopped;

    /// Creates the agent and registers its endpoint.
    @Activate
    public Kubelet(BundleContext context, KubeletSettings settings, @Reference ContainerRuntime runtime,
            @Reference Health health) throws IOException {
        this(context, settings, runtime, health, KernelFiles.HOST);
    }

    /// The same with another kernel.
    Kubelet(BundleContext context, KubeletSettings settings, ContainerRuntime runtime, Health health,
            KernelFiles kernel) throws IOException {
        this.context = context;
        this.health = health.scope("kubelet");
        agent = new NodeAgent(settings, kernel, runtime, TimeSource.system(), this::ready, health);
        OomScore.apply(kernel.oomScore(), agent.tools().options());
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(Endpoint.PORT, "kubelet");
        KubeletServer server = new KubeletServer(agent.served(), this::otherMetrics,
                ServedOptions.of(agent.tools().options()));
        endpoint = context.registerService(Endpoint.class, server, properties);
        own = List.of(
                context.registerService(Metrics.class, server::metrics, new Hashtable<>(Map.of(COMPONENT, "kubelet"))),
                context.registerService(Metrics.class, agent.certificates()::text, new Hashtable<>()),
                context.registerService(Metrics.class, agent::metrics, new Hashtable<>()));
    }

    /// The metrics of the other components of this process.
    private String otherMetrics() {
        return MetricFamilies.merged(metrics.texts());
    }

    /// Adds a component with metrics.
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            target = "(!(" + COMPONENT + "=kubelet))")
    public void addMetrics(Metrics component, ServiceReference<Metrics> service) {
        metrics.add(component, service);
    }

    /// Removes a component with metrics.
    public void removeMetrics(Metrics component) {
        metrics.remove(component);
    }

    /// Asks this gate before containers start from now on.
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addGate(PodStartGate gate, ServiceReference<PodStartGate> service) {
        agent.tools().gates().add(gate, BoundServices.registered(service));
    }

    /// Asks it no more; a pod that waits there is asked for again.
    public void removeGate(PodStartGate gate) {
        agent.tools().gates().remove(gate);
    }

    /// Asks these for the volumes of drivers from now on.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void bindDrivers(VolumeDrivers drivers) {
        agent.drivers().attach(drivers);
    }

    /// Asks them no more; what they have mounted stays.
    public void unbindDrivers(VolumeDrivers drivers) {
        agent.drivers().detach(drivers);
    }

    /// Uses this API client: the first one, or the successor of another.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void bindApi(ApiClient api) {
        agent.attach(api);
    }

    /// Stops using this API client; pods keep running.
    public void unbindApi(ApiClient api) {
        agent.detach(api);
    }

    /// After the stop nobody would take the condition back.
    private synchronized void ready(boolean now) {
        if (stopped) {
            return;
        }
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

    /// Stops within five seconds.
    @Deactivate
    void stop() {
        stopWithin(NodeAgent.STOP);
    }

    /// @param limit what goes on for longer is left, and may still write
    void stopWithin(Duration limit) {
        endpoint.unregister();
        own.forEach(ServiceRegistration::unregister);
        synchronized (this) {
            stopped = true;
        }
        agent.closeWithin(limit);
        synchronized (this) {
            if (ready != null) {
                ready.unregister();
                ready = null;
            }
        }
    }
}
