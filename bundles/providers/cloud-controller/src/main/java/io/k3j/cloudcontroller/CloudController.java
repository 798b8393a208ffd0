package io.k3j.cloudcontroller;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.ControllerContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Runs the cloud node controller while this server holds its Lease.
@Component(service = {}, configurationPid = "io.k3j.cloudcontroller", configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.k3s-cloud-controller-manager)")
public final class CloudController {
    private final ControllerContext desk;

    /// Starts the loop.
    @Activate
    public CloudController(@Reference ApiClient api, @Reference Health health) {
        HealthScope scope = health.scope("cloud-controller");
        desk = new ControllerContext(api.leading(Candidate.CLOUD), TimeSource.system());
        CloudNodeController.add(desk);
        desk.run("cloud-controller", health, trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
    }

    /// Stops within five seconds; objects stay as they are.
    @Deactivate
    public void stop() {
        desk.close();
    }
}
