package io.k3j.admissionpolicies;

import io.k3j.clientapi.Candidate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Enters this server into the election for the Lease of the controllers.
@Component(configurationPid = "io.k3j.admissionpolicies", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class PolicyStatusCandidate implements Candidate {
    @Override
    public String lease() {
        return CONTROLLERS;
    }
}
