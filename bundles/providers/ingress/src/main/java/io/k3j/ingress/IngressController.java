package io.k3j.ingress;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.ingressresources.Certificates;
import io.k3j.ingressresources.IngressStatuses;
import io.k3j.ingressresources.SliceReadiness;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Writes statuses and Events of Ingresses, and which servers are off, while this server holds the Lease of K3s' own
/// controllers.
@Component(service = {}, configurationPid = "io.k3j.ingress", configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.k3s)")
public final class IngressController {
    private final ControllerContext desk;
    private final IngressStatuses statuses;

    /// Starts the loops.
    @Activate
    public IngressController(@Reference ApiClient api, @Reference Health health) {
        HealthScope scope = health.scope("ingress-controller");
        desk = new ControllerContext(api.leading(Candidate.SERVER), TimeSource.system());
        statuses = IngressStatuses.add(desk, new Certificates(TimeSource.system()));
        SliceReadiness.add(desk);
        desk.run("ingress-controller", health, trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
    }

    /// Stops within five seconds; statuses stay.
    @Deactivate
    public void stop() {
        desk.close();
        statuses.close();
    }
}
