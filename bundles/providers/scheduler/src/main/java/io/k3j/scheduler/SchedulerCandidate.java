package io.k3j.scheduler;

import io.k3j.clientapi.Candidate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Enters this server into the election for the Lease of the scheduler.
@Component(configurationPid = "io.k3j.scheduler", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class SchedulerCandidate implements Candidate {
    @Override
    public String lease() {
        return SCHEDULER;
    }
}
