package io.k3j.leases;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.Phases;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.BoundServices;
import java.util.Hashtable;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// The component of a server that shares its datastore: takes part in the leader election. With
/// `leader-elect=false` it leads without an election, as upstream's components do.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.leases",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(&(osgi.condition.id=" + Phases.APISERVER_READY + ")(io.k3j.shared=true))")
public final class ElectedLeader {
    private final @Nullable LeaderElector elector;
    private final @Nullable ServiceRegistration<Metrics> counted;
    private final Runnable stopAction;

    /// Prepares the election, on its own threads.
    /// @throws IllegalArgumentException naming the invalid arguments
    @Activate
    public ElectedLeader(BundleContext context, LeaderElectionSettings settings, @Reference ApiClient api,
            @Reference Health health) {
        LeaderElectionConfig config = LeaderElectionConfig.of(settings);
        LeaderCallbacks callbacks = new LeaderCallbacks(context);
        if (config.elect()) {
            LeaderElector own = new LeaderElector(api, config.timing(), settings.nodeName() + "_" + UUID.randomUUID(),
                    TimeSource.system(), callbacks::start, health);
            elector = own;
            counted = context.registerService(Metrics.class, own::metrics, new Hashtable<>());
            stopAction = () -> own.close(callbacks::awaitStopped);
        } else {
            elector = null;
            counted = null;
            stopAction = callbacks.always();
        }
        health.scope("leases").ok();
    }

    /// Starts the election once all present candidates are bound.
    @Activate
    void begin() {
        if (elector != null) {
            elector.begin();
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindCandidate(Candidate candidate, ServiceReference<Candidate> service) {
        if (elector != null) {
            elector.add(candidate, BoundServices.registered(service));
        }
    }

    void unbindCandidate(Candidate candidate) {
        if (elector != null) {
            elector.remove(candidate);
        }
    }

    /// Ends the leadership and releases the Leases, so that another server takes over immediately.
    @Deactivate
    void stop() {
        if (counted != null) {
            counted.unregister();
        }
        stopAction.run();
    }
}
