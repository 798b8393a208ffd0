package io.k3j.servicelb;

import io.k3j.clientapi.Candidate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Enters this server into the election for the Lease of the cloud controller, which in K3s runs the balancer, also
/// with `--disable-cloud-controller`.
@Component(configurationPid = "io.k3j.servicelb", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ServiceLbCandidate implements Candidate {
    @Override
    public String lease() {
        return CLOUD;
    }
}
