package io.k3j.secureserving;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.BoundMetrics;
import io.k3j.componentbase.ServerStart;
import io.k3j.edgeapi.Endpoint;
import io.k3j.metricstext.MetricFamilies;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
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

/// The OSGi component: answers on the ports of scheduler and controllers, of those this server has. Wrong arguments end
/// the process while it starts, as upstream's; later, when a new version of this bundle meets them, that one stops.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.secureserving",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class SecureServing {
    private final BoundMetrics metrics = new BoundMetrics();
    private final List<ServiceRegistration<Endpoint>> endpoints = new ArrayList<>();

    /// The component's settings.
    public @interface Settings {
        /// `--kube-scheduler-arg`, as `name=value`.
        String[] kubeSchedulerArg() default {};

        /// `--kube-controller-manager-arg`, as `name=value`.
        String[] kubeControllerManagerArg() default {};

        /// `--disable-scheduler`: there is no port of it.
        boolean disableScheduler() default false;

        /// `--disable-controller-manager`: there is no port of it.
        boolean disableControllerManager() default false;
    }

    /// Registers the endpoints. Does not block.
    /// @throws IllegalArgumentException for wrong arguments, in one sentence
    @Activate
    public SecureServing(BundleContext context, Settings settings, @Reference ApiClient api, @Reference Health health,
            @Reference Abort abort) {
        ServingOptions scheduler = ServingOptions.of(ServedComponent.SCHEDULER, settings.kubeSchedulerArg());
        ServingOptions controllers = ServingOptions.of(ServedComponent.CONTROLLERS,
                settings.kubeControllerManagerArg());
        List<String> problems = new ArrayList<>(scheduler.problems());
        problems.addAll(controllers.problems());
        if (!problems.isEmpty()) {
            String all = String.join("; ", problems);
            if (ServerStart.goesOn(context)) {
                abort.abort(all);
            }
            throw new IllegalArgumentException(all);
        }
        if (!settings.disableScheduler()) {
            endpoints.add(register(context, endpoint(ServedComponent.SCHEDULER, scheduler, api, health),
                    ServedComponent.SCHEDULER.name()));
        }
        if (!settings.disableControllerManager()) {
            endpoints.add(register(context, endpoint(ServedComponent.CONTROLLERS, controllers, api, health),
                    ServedComponent.CONTROLLERS.name()));
        }
    }

    private static ServiceRegistration<Endpoint> register(BundleContext context, Endpoint endpoint, String port) {
        return context.registerService(Endpoint.class, endpoint, new Hashtable<>(Map.of(Endpoint.PORT, port)));
    }

    private Endpoint endpoint(ServedComponent component, ServingOptions options, ApiClient api, Health health) {
        TimeSource clock = TimeSource.system();
        Instant started = ProcessHandle.current().info().startInstant().orElseGet(clock::instant);
        return new ComponentEndpoint(new ServingAccess(api.as(component.user()), clock, options),
                new ComponentHealth(component, health), new ZPages(component, options, clock, started), this::counted,
                Struct.of(component.configz(), component.configuration(options)));
    }

    private String counted() {
        return MetricFamilies.merged(metrics.texts());
    }

    /// Adds a component with metrics.
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addMetrics(Metrics component, ServiceReference<Metrics> service) {
        metrics.add(component, service);
    }

    /// Removes a component with metrics.
    public void removeMetrics(Metrics component) {
        metrics.remove(component);
    }

    /// Withdraws the endpoints; requests in flight are given five seconds by the port.
    @Deactivate
    public void stop() {
        endpoints.forEach(ServiceRegistration::unregister);
    }
}
