package io.k3j.controllersworkload;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Desk;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Runs the workload controllers while this server holds their lease.
@Component(service = {}, configurationPid = "io.k3j.controllersworkload",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.kube-controller-manager)")
public final class ControllersWorkload {
    private final Desk desk;

    /// Starts the loops; they begin when their views have told what is present.
    @Activate
    public ControllersWorkload(@Reference ApiClient api, @Reference Health health) {
        HealthScope scope = health.scope("controllers-workload");
        desk = new Desk(api.leading(Candidate.CONTROLLERS), TimeSource.system());
        add(desk);
        desk.run("controllers-workload", health, trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
    }

    /// Every controller of this bundle.
    static void add(Desk desk) {
        Deployments.add(desk);
        DaemonSets.add(desk);
        Jobs.add(desk);
        CronJobs.add(desk);
        StatefulSets.add(desk);
        ReplicaSets.add(desk, Replicas.SETS);
        ReplicaSets.add(desk, Replicas.CONTROLLERS);
    }

    /// Stops work within five seconds and leaves every object as it is.
    @Deactivate
    public void stop() {
        desk.close();
    }
}
