package io.k3j.controllerscluster;

import io.k3j.clientapi.Candidate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Has this server stand for the lease of the cluster controllers.
@Component(configurationPid = "io.k3j.controllerscluster", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Standing implements Candidate {
    @Override
    public String lease() {
        return CONTROLLERS;
    }
}
