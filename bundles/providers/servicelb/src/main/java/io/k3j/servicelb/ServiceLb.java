package io.k3j.servicelb;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.ControllerContext;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Runs the balancer while this server holds the Lease of the cloud controller.
@Component(service = {}, configurationPid = "io.k3j.servicelb", configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.k3s-cloud-controller-manager)")
public final class ServiceLb {
    private final ControllerContext desk;
    private final ServiceRegistration<Metrics> registration;

    /// Starts the loops.
    @Activate
    public ServiceLb(BundleContext context, ServiceLbSettings settings, @Reference ApiClient api,
            @Reference Health health) {
        HealthScope scope = health.scope("servicelb");
        ServiceLbMetrics metrics = new ServiceLbMetrics();
        desk = new ControllerContext(api.leading(Candidate.CLOUD), TimeSource.system());
        ServiceLbController.add(desk, ServiceLbRules.of(settings), metrics);
        StockBalancers.add(desk, settings.servicelbNamespace());
        desk.run("servicelb", health, trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
        registration = context.registerService(Metrics.class, metrics, null);
    }

    /// Stops within five seconds; addresses stay, and with them the forwarding.
    @Deactivate
    public void stop() {
        registration.unregister();
        desk.close();
    }
}
