package io.k3j.packetfilter;

import io.k3j.componentapi.Health;
import io.k3j.nodeapi.PacketFilter;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// The OSGi component: registers the packet filter while it is active. Starting and stopping do not change the
/// kernel.
@Component(immediate = true, configurationPid = "io.k3j.packetfilter",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class PacketFilterComponent implements PacketFilter {
    private final NftFilter filter;

    /// Activates without work.
    @Activate
    public PacketFilterComponent(@Reference Health health) {
        filter = new NftFilter(health);
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

    @Override
    public Optional<Set<UdpFlow>> udpFlows(boolean ipv6) {
        return filter.udpFlows(ipv6);
    }

    @Override
    public boolean forgetFlows(Collection<UdpFlow> flows) {
        return filter.forgetFlows(flows);
    }

    @Override
    public Map<String, Long> counters(String family, String table) {
        return filter.counters(family, table);
    }

    @Override
    public AutoCloseable onForeignChange(Runnable changed) {
        return filter.onForeignChange(changed);
    }

    /// Ends the thread that hears of changes; the kernel stays as it is.
    @Deactivate
    void stop() {
        filter.close();
    }
}
