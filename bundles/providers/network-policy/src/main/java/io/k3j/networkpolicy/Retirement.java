package io.k3j.networkpolicy;

import io.k3j.componentapi.Retire;
import io.k3j.netfilter.NftTable;
import io.k3j.nodeapi.PacketFilter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Removes the table when the feature is disabled permanently: all traffic passes again.
@Component(configurationPid = "io.k3j.networkpolicy.retire", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Retirement implements Retire {
    private final PacketFilter filter;

    /// Does nothing until it is called.
    @Activate
    public Retirement(@Reference PacketFilter filter) {
        this.filter = filter;
    }

    @Override
    public void retire() {
        filter.apply(NftTable.removal(PolicyTable.FAMILY, PolicyTable.NAME));
    }
}
