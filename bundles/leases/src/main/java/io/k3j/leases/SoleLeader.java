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

/// The door of a server that is alone on its datastore: leads while the API server is ready.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.leases",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(&(osgi.condition.id=" + Phases.APISERVER_READY + ")(!(io.k3j.shared=true)))")
public final class SoleLeader {
    private final Runnable end;

    /// Begins to lead.
    @Activate
    public SoleLeader(BundleContext context, @Reference Health health) {
        end = new Office(context).always();
        health.scope("leases").ok();
    }

    /// Leads no more; controllers stop.
    @Deactivate
    void stop() {
        end.run();
    }
}
