package io.k3j.cniflannel;

import io.k3j.componentapi.Retire;
import io.k3j.componenthelpers.Cidr;
import io.k3j.flannelconf.FlannelConf;
import io.k3j.netfilter.NftTable;
import io.k3j.nodeapi.PacketFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Removes the pod network when the feature is disabled permanently, so that another one finds a clean node.
@Component(configurationPid = "io.k3j.cniflannel.retire", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class Retirement implements Retire {
    private final FlannelSettings settings;
    private final PacketFilter filter;
    private final Host host = new Host();

    /// Does nothing until it is called.
    @Activate
    public Retirement(FlannelSettings settings, @Reference PacketFilter filter) {
        this.settings = settings;
        this.filter = filter;
    }

    @Override
    public void retire() throws IOException {
        Files.deleteIfExists(PodFabric.conflist(settings));
        Files.deleteIfExists(PodFabric.netConf(settings));
        for (String file : List.of("subnet.env", WireGuard.KEY_FILE, WireGuard.KEY_FILE_IPV6, WireGuard.SHARED_FILE)) {
            Files.deleteIfExists(PodFabric.RUN.resolve(file));
        }
        filter.apply(NftTable.removal("ip", "flannel-ipv4"));
        filter.apply(NftTable.removal("ip6", "flannel-ipv6"));
        ForwardChain.remove(host);
        Fabric.removeDevices(host, List.of());
        if (host.linkExists(NetworkPlan.BRIDGE)) {
            host.ip(List.of("ip", "link", "delete", NetworkPlan.BRIDGE));
        }
        if (!settings.vpn().isEmpty()) {
            new Tailnet(host::read).withdraw(Stream.of(settings.clusterCidr()).map(Cidr::parse).toList());
        }
        routes();
    }

    /// Removes plain routes, whose link stays.
    private void routes() throws IOException {
        List<Cidr> cluster = Stream.of(settings.clusterCidr()).map(Cidr::parse).toList();
        FlannelConf conf = FlannelConf.ofFlags("host-gw", cluster);
        ExternalInterface outside = ExternalInterface.find(settings.flannelIface(), List.of(settings.nodeIp()));
        Fabric fabric = new Fabric(host, conf.backend(), new Random(), PodFabric.RUN);
        for (Cidr cidr : cluster) {
            fabric.connect(cidr, outside, List.of(), true);
        }
    }
}
