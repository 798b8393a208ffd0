package io.k3j.controllersautoscaling;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.componenthelpers.ConcurrentSyncs;
import io.k3j.controllerkit.ControllerContext;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Runs the autoscaling controller while this server holds the controllers' Lease.
@Component(service = Metrics.class, immediate = true, configurationPid = "io.k3j.controllersautoscaling",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.kube-controller-manager)")
public final class ControllersAutoscaling implements Metrics {
    private final ControllerContext context;

    /// The settings.
    public @interface Settings {
        /// `--kube-controller-manager-arg`, as `name=value`: those of [AutoscalerOptions] and [ConcurrentSyncs].
        String[] kubeControllerManagerArg() default {};
    }

    /// Starts the loop; it begins when its views are synced.
    ///
    /// @throws IllegalArgumentException for a wrong argument; the message says what to type
    @Activate
    public ControllersAutoscaling(Settings settings, @Reference ApiClient api, @Reference Health health) {
        HealthScope scope = health.scope("controllers-autoscaling");
        context = new ControllerContext(api.leading(Candidate.CONTROLLERS), TimeSource.system())
                .workers(workers(settings.kubeControllerManagerArg()));
        HorizontalPodAutoscalers.add(context, AutoscalerOptions.of(settings.kubeControllerManagerArg()));
        context.run("controllers-autoscaling", health, trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
    }

    private static Map<String, Integer> workers(String... arguments) {
        return ConcurrentSyncs.byLoop(ComponentArguments.of("--kube-controller-manager-arg", arguments)::value);
    }

    @Override
    public String text() {
        return context.metrics();
    }

    /// Stops within five seconds; objects stay as they are.
    @Deactivate
    public void stop() {
        context.close();
    }
}
