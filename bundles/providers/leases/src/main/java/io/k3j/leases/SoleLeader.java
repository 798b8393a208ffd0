package io.k3j.leases;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.Phases;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// The component of a server alone on its datastore: leads while the API server is ready.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.leases",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(&(osgi.condition.id=" + Phases.APISERVER_READY + ")(!(io.k3j.shared=true)))")
public final class SoleLeader {
    private final Runnable withdraw;

    /// Starts to lead.
    @Activate
    public SoleLeader(BundleContext context, @Reference Health health) {
        withdraw = new LeaderCallbacks(context).always();
        health.scope("leases").ok();
    }

    /// Ends the leadership; controllers stop.
    @Deactivate
    void stop() {
        withdraw.run();
    }
}
