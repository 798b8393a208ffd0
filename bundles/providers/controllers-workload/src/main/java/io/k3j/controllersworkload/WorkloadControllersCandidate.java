package io.k3j.controllersworkload;

import io.k3j.clientapi.Candidate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Enters this server into the election for the Lease of the workload controllers.
@Component(configurationPid = "io.k3j.controllersworkload", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class WorkloadControllersCandidate implements Candidate {
    @Override
    public String lease() {
        return CONTROLLERS;
    }
}
