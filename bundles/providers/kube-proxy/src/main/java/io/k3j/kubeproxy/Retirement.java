package io.k3j.kubeproxy;

import io.k3j.componentapi.Retire;
import io.k3j.netfilter.NftTable;
import io.k3j.nodeapi.PacketFilter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Removes both tables when the feature is disabled permanently, so that another proxy finds a clean kernel.
@Component(configurationPid = "io.k3j.kubeproxy.retire", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Retirement implements Retire {
    private final PacketFilter filter;

    /// Does nothing until it is called.
    @Activate
    public Retirement(@Reference PacketFilter filter) {
        this.filter = filter;
    }

    @Override
    public void retire() {
        for (Family family : Family.values()) {
            filter.apply(NftTable.removal(family.word(), ProxyTable.NAME));
        }
    }
}
