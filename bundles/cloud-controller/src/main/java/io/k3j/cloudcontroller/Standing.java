package io.k3j.cloudcontroller;

import io.k3j.clientapi.Candidate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Has this server stand for the lease of the cloud controller.
@Component(configurationPid = "io.k3j.cloudcontroller", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Standing implements Candidate {
    @Override
    public String lease() {
        return CLOUD;
    }
}
