package io.k3j.cniflannel;

import io.k3j.componenthelpers.Cidr;
import io.k3j.flannelconf.BackendType;
import io.k3j.flannelconf.FlannelConf;
import io.k3j.model.Obj;
import io.k3j.netfilter.NftTable;
import io.k3j.nodeapi.PacketFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Reconciles this node's part of the pod network with the Nodes. For one thread.
final class PodFabric {
    static final Path RUN = Path.of("/run/flannel");
    private final FlannelSettings settings;
    private final FlannelConf conf;
    private final Devices devices;
    private final List<Cidr> cluster;
    private final PacketFilter filter;
    private final Host host = new Host();
    private final Fabric fabric;
    private final ForwardChain forwarding = new ForwardChain(host);
    private final BridgedFrames bridged = new BridgedFrames(host, Path.of("/proc/sys"));
    private final NodeLeases peers;
    private List<NftTable> tables = List.of();
    private boolean suspected = true;
    private List<Cidr> ranges = List.of();
    private Optional<ExternalInterface> outside = Optional.empty();
    private Lease own = new Lease("", "", List.of());

    /// The state of a ready network, for other threads.
    ///
    /// @param changed whether it differs from the last one
    /// @param annotations the annotations that this node's Node must have
    /// @param dropped those it must not have
    /// @param problem what keeps packets of pods back, empty for nothing
    record Outcome(boolean changed, List<Cidr> ranges, Map<String, String> annotations, Set<String> dropped,
            String problem) {
    }

    /// Reads the file of `--flannel-conf`, when there is one.
    /// @throws IllegalArgumentException for an invalid setting or file
    PodFabric(FlannelSettings settings, PacketFilter filter, RandomGenerator random) {
        this.settings = settings;
        this.filter = filter;
        cluster = Stream.of(settings.clusterCidr()).map(Cidr::parse).toList();
        conf = settings.flannelConf().isEmpty() ? FlannelConf.ofFlags(backend(settings), cluster)
                : FlannelConf.read(Path.of(settings.flannelConf()), cluster);
        devices = new Devices(conf.backend());
        fabric = new Fabric(host, conf.backend(), random, RUN);
        peers = new NodeLeases(settings.nodeName(), cluster);
    }

    /// Another one than the servers' on a node of a VPN.
    private static String backend(FlannelSettings settings) {
        return settings.vpn().isEmpty() ? settings.flannelBackend() : settings.vpn();
    }

    /// Sets up this node's part; repeated calls repair it.
    Outcome ready(Obj me) throws IOException {
        List<Cidr> wanted = Lease.ranges(me).stream()
                .filter(r -> cluster.stream().anyMatch(c -> c.contains(r))).toList();
        if (wanted.isEmpty()) {
            throw new IOException("the ranges of this node are none of --cluster-cidr");
        }
        ExternalInterface now = ExternalInterface.find(settings.flannelIface(), List.of(settings.nodeIp()));
        boolean same = wanted.equals(ranges) && outside.equals(Optional.of(now)) && fabric.intact(wanted);
        if (!same) {
            setUp(me, wanted, now);
        }
        if (suspected) {
            restate();
        }
        Map<String, String> annotations = annotations();
        Set<String> dropped = new TreeSet<>(Set.of(Lease.OVERWRITE, Lease.OVERWRITE_IPV6));
        dropped.removeAll(annotations.keySet());
        String problem = bridged.problem().isEmpty() ? forwarding.problem() : bridged.problem();
        return new Outcome(!same, wanted, annotations, dropped, problem);
    }

    /// Somebody else may have changed the rules of this machine: the next call looks.
    void suspect() {
        suspected = true;
    }

    private void restate() {
        for (NftTable table : tables) {
            Set<String> present = filter.objects(table.family(), table.name());
            if (!present.containsAll(table.objects())) {
                filter.apply(table.restated(present));
            }
        }
        forwarding.keep(cluster);
        bridged.filter();
        suspected = false;
    }

    private void setUp(Obj me, List<Cidr> wanted, ExternalInterface now) throws IOException {
        ranges = List.of();
        fabric.forget();
        int mtu = wanted.stream().mapToInt(r -> devices.mtu(now.mtu(), r.ipv6())).min().orElse(now.mtu());
        NetworkPlan plan = new NetworkPlan(wanted, conf.networks(), mtu, settings.flannelIpv6Masq());
        host.sysctls();
        if (!host.linkExists(NetworkPlan.BRIDGE)) {
            host.ip(List.of("ip", "link", "add", NetworkPlan.BRIDGE, "type", "bridge"));
        }
        for (List<String> line : plan.links()) {
            host.ip(line);
        }
        for (Cidr range : wanted) {
            host.soleAddress(NetworkPlan.BRIDGE, range);
        }
        tables = plan.tables();
        for (NftTable table : tables) {
            filter.apply(table.restated(filter.objects(table.family(), table.name())));
        }
        suspected = true;
        fabric.pruneDevices(wanted);
        Optional<Lease> before = Lease.of(me).filter(l -> l.type().equals(conf.backend().type().type()));
        List<PeerAddress> reaches = new ArrayList<>();
        for (Cidr range : wanted) {
            String token = before.flatMap(l -> l.in(range.ipv6())).map(PeerAddress::token).orElse("");
            reaches.add(fabric.own(range, now, token));
        }
        if (conf.backend().type() == BackendType.TAILSCALE) {
            new Tailnet(host::read).advertise(wanted, cluster);
        }
        own = new Lease(me.name(), conf.backend().type().type(), reaches);
        host.write(RUN.resolve("subnet.env"), plan.subnetEnv());
        if (settings.flannelConf().isEmpty()) {
            host.write(netConf(settings), conf.text());
        }
        host.write(conflist(settings), settings.flannelCniConf().isEmpty() ? plan.conflist() : given());
        outside = Optional.of(now);
        ranges = wanted;
    }

    private byte[] given() throws IOException {
        try {
            return Files.readAllBytes(Path.of(settings.flannelCniConf()));
        } catch (IOException e) {
            throw new IOException("--flannel-cni-conf " + settings.flannelCniConf() + " cannot be read: "
                    + e.getClass().getSimpleName(), e);
        }
    }

    /// The annotations of the Node: the lease, with `--flannel-external-ip` under the node's external address.
    private Map<String, String> annotations() {
        Map<String, String> all = new TreeMap<>(own.annotations());
        for (boolean ipv6 : new boolean[] {false, true}) {
            String annotation = Lease.PREFIX + (ipv6 ? "public-ipv6" : "public-ip");
            Stream.of(settings.nodeExternalIp()).filter(a -> settings.flannelExternalIp() && a.contains(":") == ipv6)
                    .findFirst().filter(a -> all.containsKey(annotation)).ifPresent(external -> {
                        all.put(ipv6 ? Lease.OVERWRITE_IPV6 : Lease.OVERWRITE, external);
                        all.put(annotation, external);
                    });
        }
        return all;
    }

    /// Connects to every other node with a lease; which of two that contradict each other is said by [NodeLeases].
    ///
    /// @param look whether the kernel is asked even when no node has changed
    void connect(Collection<Obj> nodes, boolean look) throws IOException {
        List<Lease> others = peers.of(nodes, own);
        for (Cidr c : cluster) {
            if (ranges.stream().anyMatch(r -> r.ipv6() == c.ipv6()) && outside.isPresent()) {
                fabric.connect(c, outside.get(), others, look);
            }
        }
    }

    /// Forgets the last state after a failure, so that everything is read again.
    void forget() {
        ranges = List.of();
        fabric.forget();
    }

    static Path netConf(FlannelSettings settings) {
        return Path.of(settings.dataDir(), "agent/etc/flannel/net-conf.json");
    }

    static Path conflist(FlannelSettings settings) {
        return Path.of(settings.dataDir(), "agent/etc/cni/net.d/10-flannel.conflist");
    }
}
