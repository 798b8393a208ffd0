package io.k3j.clusterdns;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Retire;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Removes the Service and this node's slice when the feature is disabled permanently.
@Component(configurationPid = "io.k3j.clusterdns.retire", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Retirement implements Retire {
    private final ApiClient api;
    private final String node;

    /// Does nothing until it is called.
    @Activate
    public Retirement(DnsSettings settings, @Reference ApiClient api) {
        this.api = api;
        this.node = settings.nodeName();
    }

    @Override
    public void retire() {
        // a node is not authorized to delete the Service; the supervisor is
        Publication.withdraw(api.as("system:k3s-supervisor"), node);
    }
}
