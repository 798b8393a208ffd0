package io.k3j.controllersworkload;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.FeatureGates;
import io.k3j.componenthelpers.ConcurrentSyncs;
import io.k3j.controllerkit.ControllerContext;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Runs the workload controllers while this server holds their Lease.
@Component(service = Metrics.class, immediate = true, configurationPid = "io.k3j.controllersworkload",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.kube-controller-manager)")
public final class ControllersWorkload implements Metrics {
    private static final String FLAG = "--kube-controller-manager-arg";
    private final ControllerContext context;

    /// The settings.
    public @interface Settings {
        /// `--kube-controller-manager-arg`, as `name=value`: those of [ConcurrentSyncs] and `feature-gates`.
        String[] kubeControllerManagerArg() default {};
    }

    /// Starts the loops; each begins when its views are synced.
    ///
    /// @throws IllegalArgumentException for a wrong argument; the message says what to type
    @Activate
    public ControllersWorkload(Settings settings, @Reference ApiClient api, @Reference Health health) {
        HealthScope scope = health.scope("controllers-workload");
        context = new ControllerContext(api.leading(Candidate.CONTROLLERS), TimeSource.system())
                .workers(workers(settings.kubeControllerManagerArg()));
        add(context, FeatureGates.of(FLAG, settings.kubeControllerManagerArg()));
        context.run("controllers-workload", health, trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
    }

    private static Map<String, Integer> workers(String... arguments) {
        return ConcurrentSyncs.byLoop(ComponentArguments.of(FLAG, arguments)::value);
    }

    /// Adds every controller of this bundle.
    static void add(ControllerContext context, FeatureGates gates) {
        Deployments.add(context);
        DaemonSets.add(context);
        Jobs.add(context);
        CronJobs.add(context);
        StatefulSets.add(context, gates);
        ReplicaSets.add(context, Replicas.SETS);
        ReplicaSets.add(context, Replicas.CONTROLLERS);
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
