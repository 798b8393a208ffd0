package io.k3j.controllerscluster;

import io.k3j.clientapi.Candidate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Enters this server into the election for the Lease of the cluster controllers.
@Component(configurationPid = "io.k3j.controllerscluster", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ClusterControllersCandidate implements Candidate {
    @Override
    public String lease() {
        return CONTROLLERS;
    }
}
