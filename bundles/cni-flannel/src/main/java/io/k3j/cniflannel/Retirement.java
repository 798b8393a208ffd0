package io.k3j.cniflannel;

import io.k3j.componentapi.Retire;
import io.k3j.netfilter.Table;
import io.k3j.nodeapi.PacketFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Takes the pod network down when the feature is disabled for good, so that another one finds a clean node.
@Component(configurationPid = "io.k3j.cniflannel.retire", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Retirement implements Retire {
    private final Settings settings;
    private final PacketFilter filter;
    private final Host host = new Host();

    /// Waits to be called.
    @Activate
    public Retirement(Settings settings, @Reference PacketFilter filter) {
        this.settings = settings;
        this.filter = filter;
    }

    @Override
    public void retire() throws IOException {
        Files.deleteIfExists(PodFabric.conflist(settings));
        Files.deleteIfExists(PodFabric.RUN.resolve("subnet.env"));
        filter.apply(Table.removal("ip", "flannel-ipv4"));
        filter.apply(Table.removal("ip6", "flannel-ipv6"));
        for (Backend backend : Backend.values()) {
            Fabric.remove(host, backend);
        }
        if (settings.flannelBackend().equals("host-gw")) {
            routes();
        }
        if (host.linkExists(NetworkPlan.BRIDGE)) {
            host.ip(List.of("ip", "link", "delete", NetworkPlan.BRIDGE));
        }
    }

    /// Plain routes lie on a link that stays.
    private void routes() throws IOException {
        External outside = External.find(settings.flannelIface(), List.of(settings.nodeIp()));
        Fabric fabric = new Fabric(host, Backend.HOST_GW, new Random(), PodFabric.RUN);
        for (String cidr : settings.clusterCidr()) {
            fabric.connect(Range.parse(cidr), outside, List.of());
        }
    }
}
