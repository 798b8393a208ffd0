package io.k3j.leases;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Phases;
import io.k3j.componentapi.TimeSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// The door of one server among several on a datastore: takes part in the election. With
/// `leader-elect=false` it leads without being asked, as upstream's components do.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.leases",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(&(osgi.condition.id=" + Phases.APISERVER_READY + ")(io.k3j.shared=true))")
public final class ElectedLeader {
    private final @Nullable Candidacy candidacy;
    private final Runnable end;

    /// Makes ready to take part, on threads of its own.
    /// @throws IllegalArgumentException naming the arguments that make no sense
    @Activate
    public ElectedLeader(BundleContext context, Settings settings, @Reference ApiClient api,
            @Reference Health health) {
        Terms terms = Terms.of(settings);
        Office office = new Office(context);
        if (terms.elect()) {
            Candidacy own = new Candidacy(api, terms.timing(), settings.nodeName() + "_" + UUID.randomUUID(),
                    TimeSource.system(), office::enter, health);
            candidacy = own;
            end = () -> own.close(office::settle);
        } else {
            candidacy = null;
            end = office.always();
        }
        health.scope("leases").ok();
    }

    /// Begins when it is known what this server has.
    @Activate
    void begin() {
        if (candidacy != null) {
            candidacy.begin();
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindCandidate(Candidate candidate) {
        if (candidacy != null) {
            candidacy.stand(candidate);
        }
    }

    void unbindCandidate(Candidate candidate) {
        if (candidacy != null) {
            candidacy.withdraw(candidate);
        }
    }

    /// Leads no more and lets the leases go: another server takes over at once.
    @Deactivate
    void stop() {
        end.run();
    }
}
