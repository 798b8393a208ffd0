package io.k3j.cniflannel;

import io.k3j.componenthelpers.Cidr;
import io.k3j.flannelconf.Backend;
import io.k3j.flannelconf.BackendType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/// The devices, routes and neighbour entries that connect this node with the others. Adopts existing ones. For one
/// thread.
final class Fabric {
    private static final System.Logger LOG = System.getLogger("io.k3j.cniflannel");
    /// Of complaints that are told at once.
    private static final int MOST_TOLD = 10;
    private static final int LOCAL_UNICAST = 0x02;
    private static final int NOT_MULTICAST = 0xfe;
    private final Host host;
    private final Backend backend;
    private final Devices devices;
    private final RandomGenerator random;
    private final WireGuard wireGuard;
    private final Map<Boolean, Connected> connected = new HashMap<>();
    /// What the kernel has refused last, by family.
    private final Map<Boolean, Set<String>> refused = new HashMap<>();

    /// The last state written for a family.
    private record Connected(ExternalInterface outside, List<Lease> others) {
    }

    Fabric(Host host, Backend backend, RandomGenerator random, Path runDirectory) {
        this.host = host;
        this.backend = backend;
        this.devices = new Devices(backend);
        this.random = random;
        this.wireGuard = new WireGuard(host, backend, runDirectory);
    }

    /// Creates this node's device for one of its CIDRs.
    ///
    /// @param before the token this node published last, empty for none: keeping it saves the other nodes an update
    /// @return how other nodes reach it
    PeerAddress own(Cidr range, ExternalInterface outside, String before) throws IOException {
        boolean ipv6 = range.ipv6();
        String address = outside.address(ipv6);
        if (address.isEmpty()) {
            throw new IOException("the link " + outside.link() + " has no " + (ipv6 ? "IPv6" : "IPv4") + " address for "
                    + range + "; give one with --node-ip");
        }
        String device = devices.name(ipv6);
        int mtu = devices.mtu(outside.mtu(), ipv6);
        return switch (backend.type()) {
            case HOST_GW, TAILSCALE -> new PeerAddress(range, address, "", 0);
            case WIREGUARD -> new PeerAddress(range, address, wireGuard.device(device, range, mtu),
                    wireGuard.port(ipv6));
            case VXLAN -> new PeerAddress(range, address,
                    tunnel(new VxlanDevice(device, outside.link(), address, mtu, range, backend), before),
                    backend.vni());
        };
    }

    private String tunnel(VxlanDevice wanted, String before) throws IOException {
        var there = host.link(wanted.device());
        String mac = before.isEmpty() ? freshMac() : before;
        boolean keep = !there.isEmpty() && wanted.fits(there);
        for (List<String> line : wanted.commands(there, mac)) {
            host.ip(line);
        }
        host.sysctl("net/ipv6/conf/" + wanted.device() + "/accept_ra", "0");
        host.soleAddress(wanted.device(), wanted.range());
        return keep ? there.text("address") : mac;
    }

    private String freshMac() {
        byte[] raw = new byte[6];
        random.nextBytes(raw);
        raw[0] = (byte) (raw[0] & NOT_MULTICAST | LOCAL_UNICAST);
        List<String> parts = new ArrayList<>();
        for (byte b : raw) {
            parts.add(String.format("%02x", b));
        }
        return String.join(":", parts);
    }

    /// Updates the routes to the pods of other nodes in one family, and removes those of deleted nodes. What the kernel
    /// refuses of one node keeps no other away.
    ///
    /// @param look whether the kernel is read even when no node has changed, where something was refused and where
    /// routes are plain: they are on a link of the machine's own, of which other programs take routes away
    void connect(Cidr cluster, ExternalInterface outside, List<Lease> others, boolean look) throws IOException {
        boolean ipv6 = cluster.ipv6();
        Connected next = new Connected(outside, List.copyOf(others));
        if (next.equals(connected.get(ipv6)) && !(look && doubtful(ipv6))) {
            return;
        }
        connected.remove(ipv6);
        List<String> complaints = write(cluster, outside, others);
        connected.put(ipv6, next);
        Set<String> before = refused.put(ipv6, Set.copyOf(complaints));
        complaints.stream().filter(c -> before == null || !before.contains(c)).limit(MOST_TOLD)
                .forEach(c -> LOG.log(System.Logger.Level.WARNING, "A way to another node is refused reason={0}", c));
    }

    private boolean doubtful(boolean ipv6) {
        return devices.plain() || !refused.getOrDefault(ipv6, Set.of()).isEmpty();
    }

    private List<String> write(Cidr cluster, ExternalInterface outside, List<Lease> others) throws IOException {
        boolean ipv6 = cluster.ipv6();
        List<String> complaints = new ArrayList<>();
        RouteTables wanted = RouteTables.wanted(backend, ipv6, outside, others);
        String device = devices.name(ipv6);
        if (backend.type() == BackendType.WIREGUARD) {
            complaints.addAll(wireGuard.peers(device, ipv6, others));
        }
        List<String> over = new ArrayList<>(device.isEmpty() ? List.of() : List.of(device));
        over.addAll(devices.plain() ? List.of(outside.link()) : List.of());
        String family = ipv6 ? "-6" : "-4";
        byte[] nothing = new byte[0];
        boolean tunnelled = backend.type() == BackendType.VXLAN;
        RouteTables present = RouteTables.present(over, cluster,
                host.read(List.of("ip", "-json", family, "route", "show")),
                tunnelled ? host.read(List.of("ip", "-json", family, "neigh", "show", "dev", device)) : nothing,
                tunnelled ? host.read(List.of("bridge", "-json", "fdb", "show", "dev", device)) : nothing);
        complaints.addAll(
                host.batch(List.of("bridge", "-force", "-batch", "-"), wanted.bridgeLines(present, device)));
        complaints.addAll(
                host.batch(List.of("ip", family, "-force", "-batch", "-"), wanted.ipLines(present, device)));
        return complaints;
    }

    /// Removes devices that an earlier configuration has left.
    void pruneDevices(List<Cidr> ranges) throws IOException {
        List<String> wanted = ranges.stream().map(r -> devices.name(r.ipv6())).toList();
        removeDevices(host, wanted);
    }

    /// Removes all devices of flannel but these.
    static void removeDevices(Host host, List<String> kept) throws IOException {
        for (String link : host.links()) {
            if (Devices.ours(link) && !kept.contains(link)) {
                host.ip(List.of("ip", "link", "delete", link));
            }
        }
    }

    /// Forgets the last state, so that the kernel is read again next time.
    void forget() {
        connected.clear();
    }

    /// Whether this node's devices still exist: other programs may remove them, and the kernel removes a tunnel with
    /// its underlying interface.
    boolean intact(List<Cidr> ranges) {
        return ranges.stream().map(r -> devices.name(r.ipv6())).filter(d -> !d.isEmpty()).allMatch(host::linkExists);
    }
}
