package io.k3j.packetfilter;

import io.k3j.componentapi.Health;
import io.k3j.nodeapi.PacketFilter;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// The door: offers the packet filter while it is active. Nothing in the kernel is touched by starting or
/// stopping it.
@Component(immediate = true, configurationPid = "io.k3j.packetfilter",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class PacketFilterComponent implements PacketFilter {
    private final PacketFilter filter = new NftFilter();

    /// Ready at once.
    @Activate
    public PacketFilterComponent(@Reference Health health) {
        health.scope("packet-filter").ok();
    }

    @Override
    public void apply(String script) {
        filter.apply(script);
    }

    @Override
    public Set<String> objects(String family, String table) {
        return filter.objects(family, table);
    }

    @Override
    public void forgetFlows(String address, int port) {
        filter.forgetFlows(address, port);
    }
}
