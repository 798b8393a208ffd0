package io.k3j.clusterdns;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.ComponentNames;
import io.k3j.componentapi.Retire;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Removes this node's slices when the feature is disabled permanently. The Service is the cluster's, whose controllers
/// make it, and goes only with `--disable=coredns`; a server that has no node any more (`--disable-agent`) leaves it.
@Component(configurationPid = "io.k3j.clusterdns.retire", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Retirement implements Retire {
    private final ApiClient api;
    private final String node;
    private final boolean everywhere;

    /// Does nothing until it is called.
    @Activate
    public Retirement(DnsSettings settings, @Reference ApiClient api) {
        this.api = api;
        this.node = settings.nodeName();
        this.everywhere = List.of(settings.disable()).contains(ComponentNames.COREDNS);
    }

    @Override
    public void retire() {
        // a node is not authorized to delete the Service; the supervisor is
        ApiClient supervisor = api.as("system:k3s-supervisor");
        Publication.withdraw(supervisor, node);
        if (everywhere) {
            Publication.withdrawService(supervisor);
        }
    }
}
