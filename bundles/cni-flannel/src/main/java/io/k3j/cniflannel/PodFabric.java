package io.k3j.cniflannel;

import io.k3j.model.Obj;
import io.k3j.netfilter.Table;
import io.k3j.nodeapi.PacketFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// This node's part of the pod network, brought to what the Nodes say. Used by one thread.
final class PodFabric {
    static final Path RUN = Path.of("/run/flannel");
    private static final System.Logger LOG = System.getLogger("io.k3j.cniflannel");
    private final Settings settings;
    private final Backend backend;
    private final List<Range> cluster;
    private final PacketFilter filter;
    private final Host host = new Host();
    private final Fabric fabric;
    private List<Range> ranges = List.of();
    private Optional<External> outside = Optional.empty();
    private Lease own = new Lease("", "", List.of());

    /// What another thread needs to know of a network that is ready.
    ///
    /// @param changed whether it is another one than the last time
    /// @param annotations what this node's Node must carry
    record Outcome(boolean changed, List<Range> ranges, Map<String, String> annotations) {
    }

    /// @throws IllegalArgumentException when a setting means nothing
    PodFabric(Settings settings, PacketFilter filter, RandomGenerator random) {
        this.settings = settings;
        this.filter = filter;
        backend = Backend.of(settings.flannelBackend());
        cluster = List.of(settings.clusterCidr()).stream().map(Range::parse).toList();
        fabric = new Fabric(host, backend, random, RUN);
    }

    /// Makes this node's own part; repeated, it repairs what others have removed.
    Outcome ready(Obj me) throws IOException {
        List<Range> wanted = Lease.ranges(me).stream()
                .filter(r -> cluster.stream().anyMatch(c -> c.contains(r))).toList();
        if (wanted.isEmpty()) {
            throw new IOException("the ranges of this node are none of --cluster-cidr");
        }
        External now = External.find(settings.flannelIface(), List.of(settings.nodeIp()));
        boolean same = wanted.equals(ranges) && outside.equals(Optional.of(now)) && fabric.intact(wanted);
        if (!same) {
            make(me, wanted, now);
        }
        return new Outcome(!same, wanted, annotations(me));
    }

    private void make(Obj me, List<Range> wanted, External now) throws IOException {
        ranges = List.of();
        fabric.forget();
        int mtu = wanted.stream().mapToInt(r -> backend.mtu(now.mtu(), r.six())).min().orElse(now.mtu());
        NetworkPlan plan = new NetworkPlan(wanted, cluster, backend, mtu, settings.flannelIpv6Masq());
        host.sysctls();
        if (!host.linkExists(NetworkPlan.BRIDGE)) {
            host.ip(List.of("ip", "link", "add", NetworkPlan.BRIDGE, "type", "bridge"));
        }
        for (List<String> line : plan.links()) {
            host.ip(line);
        }
        for (Range range : wanted) {
            host.soleAddress(NetworkPlan.BRIDGE, range);
        }
        for (Table table : plan.tables()) {
            filter.apply(table.restated(filter.objects(table.family(), table.name())));
        }
        fabric.pruneDevices();
        Optional<Lease> before = Lease.of(me).filter(l -> l.type().equals(backend.type()));
        List<Reach> reaches = new ArrayList<>();
        for (Range range : wanted) {
            String token = before.flatMap(l -> l.in(range.six())).map(Reach::token).orElse("");
            reaches.add(fabric.own(range, now, token));
        }
        own = new Lease(me.name(), backend.type(), reaches);
        host.write(RUN.resolve("subnet.env"), plan.subnetEnv());
        host.write(Path.of(settings.dataDir(), "agent/etc/flannel/net-conf.json"), plan.netConf());
        host.write(conflist(settings), settings.flannelCniConf().isEmpty() ? plan.conflist()
                : Files.readAllBytes(Path.of(settings.flannelCniConf())));
        outside = Optional.of(now);
        ranges = wanted;
    }

    /// What the Node must carry: the lease, with the address others shall use when it is another one.
    private Map<String, String> annotations(Obj me) {
        Map<String, String> all = new TreeMap<>(own.annotations());
        for (boolean six : new boolean[] {false, true}) {
            String overwrite = six ? Lease.OVERWRITE_SIX : Lease.OVERWRITE;
            String external = List.of(settings.nodeExternalIp()).stream().filter(a -> a.contains(":") == six)
                    .findFirst()
                    .orElse("");
            if (settings.flannelExternalIp() && !external.isEmpty()) {
                all.put(overwrite, external);
            }
            String address = all.getOrDefault(overwrite, me.annotations().getOrDefault(overwrite, ""));
            String told = Lease.PREFIX + (six ? "public-ipv6" : "public-ip");
            if (!address.isEmpty() && all.containsKey(told)) {
                all.put(told, address);
            }
        }
        return all;
    }

    /// Leads to every other node of `nodes` that has told how; the first by name has a range that two claim.
    void connect(List<Obj> nodes) throws IOException {
        List<Lease> others = new ArrayList<>();
        nodes.stream().filter(n -> !n.name().equals(settings.nodeName())).sorted(Comparator.comparing(Obj::name))
                .flatMap(n -> Lease.of(n).stream()).forEach(l -> usable(l, others).ifPresent(others::add));
        for (Range c : cluster) {
            if (ranges.stream().anyMatch(r -> r.six() == c.six()) && outside.isPresent()) {
                fabric.connect(c, outside.get(), others);
            }
        }
    }

    private Optional<Lease> usable(Lease lease, List<Lease> before) {
        List<Reach> good = lease.reaches().stream().filter(r -> {
            boolean inside = cluster.stream().anyMatch(c -> c.contains(r.range()));
            boolean taken = ranges.stream().anyMatch(m -> m.contains(r.range()) || r.range().contains(m))
                    || before.stream().flatMap(l -> l.reaches().stream()).anyMatch(o -> o.range().equals(r.range()));
            if (!inside || taken) {
                LOG.log(System.Logger.Level.WARNING, "range of another node not used node={0} range={1}: {2}",
                        lease.node(), r.range(), inside ? "somebody else has it" : "not in --cluster-cidr");
            }
            return inside && !taken;
        }).toList();
        return good.isEmpty() ? Optional.empty() : Optional.of(new Lease(lease.node(), lease.type(), good));
    }

    /// After a failure: everything is looked at again the next time.
    void forget() {
        ranges = List.of();
        fabric.forget();
    }

    static Path conflist(Settings settings) {
        return Path.of(settings.dataDir(), "agent/etc/cni/net.d/10-flannel.conflist");
    }
}
