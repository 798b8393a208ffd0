package io.k3j.cloudcontroller;

import io.k3j.clientapi.Candidate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Enters this server into the election for the Lease of the cloud controller.
@Component(configurationPid = "io.k3j.cloudcontroller", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class CloudControllerCandidate implements Candidate {
    @Override
    public String lease() {
        return CLOUD;
    }
}
