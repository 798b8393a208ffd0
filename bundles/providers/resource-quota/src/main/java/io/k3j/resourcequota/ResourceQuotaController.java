package io.k3j.resourcequota;

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

/// Keeps the status of quotas while this server holds the controllers' Lease; [ResourceQuotaPlugin] enables it where
/// controllers run.
@Component(service = {}, enabled = false, configurationPid = "io.k3j.resourcequota",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.kube-controller-manager)")
public final class ResourceQuotaController {
    private final ControllerContext context;
    private final QuotaSync sync;

    /// Starts the loop, which begins when the quotas are known.
    @Activate
    public ResourceQuotaController(@Reference ApiClient api, @Reference Health health) {
        HealthScope scope = health.scope("resource-quota");
        context = new ControllerContext(api.leading(Candidate.CONTROLLERS), TimeSource.system());
        sync = QuotaSync.add(context);
        context.run("resource-quota", health, trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
    }

    /// Stops within five seconds; what quotas say stays as it is.
    @Deactivate
    public void stop() {
        context.close();
        sync.close();
    }
}
