package io.k3j.resourcequota;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.TimeSource;
import io.k3j.componenthelpers.ConcurrentSyncs;
import io.k3j.controllerkit.ControllerContext;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Keeps the status of quotas while this server holds the controllers' Lease; nothing with
/// `--disable-controller-manager`, with which a server that elects nobody counts as leading all the same.
@Component(service = {}, configurationPid = "io.k3j.resourcequota",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.kube-controller-manager)")
public final class ResourceQuotaController {
    private @Nullable ControllerContext context;
    private @Nullable QuotaSync sync;

    /// Starts the loop, which begins when the quotas are known.
    @Activate
    public ResourceQuotaController(ResourceQuotaPlugin.Settings settings, @Reference ApiClient api,
            @Reference Health health) {
        if (!settings.disableControllerManager()) {
            start(api, health, ComponentArguments.of("--kube-controller-manager-arg",
                    settings.kubeControllerManagerArg()));
        }
    }

    private void start(ApiClient api, Health health, ComponentArguments arguments) {
        HealthScope scope = health.scope("resource-quota");
        ControllerContext begun = new ControllerContext(api.leading(Candidate.CONTROLLERS), TimeSource.system())
                .workers(ConcurrentSyncs.byLoop(arguments::value));
        sync = QuotaSync.add(begun, arguments);
        context = begun;
        begun.run("resource-quota", health, trouble -> {
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
        if (context != null) {
            context.close();
        }
        if (sync != null) {
            sync.close();
        }
    }
}
