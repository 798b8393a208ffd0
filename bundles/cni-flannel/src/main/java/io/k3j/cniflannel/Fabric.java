package io.k3j.cniflannel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// What connects this node with the others: devices, routes and neighbours. It takes over what stands there. Used by
/// one thread.
final class Fabric {
    private static final int LOCAL_UNICAST = 0x02;
    private static final int NOT_MULTICAST = 0xfe;
    private final Host host;
    private final Backend backend;
    private final RandomGenerator random;
    private final WireGuard wireGuard;
    private final Map<Boolean, Connected> connected = new HashMap<>();

    /// What was last connected in a family.
    private record Connected(External outside, List<Lease> others) {
    }

    Fabric(Host host, Backend backend, RandomGenerator random, Path runDirectory) {
        this.host = host;
        this.backend = backend;
        this.random = random;
        this.wireGuard = new WireGuard(host, runDirectory);
    }

    /// Makes this node's own end for one of its ranges.
    ///
    /// @param before the token this node had told last, empty for none: keeping it spares the others a change
    /// @return how others reach it
    Reach own(Range range, External outside, String before) throws IOException {
        boolean six = range.six();
        String address = outside.address(six);
        if (address.isEmpty()) {
            throw new IOException("the link " + outside.link() + " has no " + (six ? "IPv6" : "IPv4") + " address for "
                    + range + "; give one with --node-ip");
        }
        String device = backend.device(six);
        int mtu = backend.mtu(outside.mtu(), six);
        String token = switch (backend) {
            case HOST_GW -> "";
            case WIREGUARD -> wireGuard.device(device, range, mtu);
            case VXLAN -> tunnel(new Tunnel(device, outside.link(), address, mtu, range), before);
        };
        return new Reach(range, address, token);
    }

    private String tunnel(Tunnel wanted, String before) throws IOException {
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

    /// Leads to the other nodes' pods of one family, and no longer to those of nodes that have gone.
    void connect(Range cluster, External outside, List<Lease> others) throws IOException {
        boolean six = cluster.six();
        Connected next = new Connected(outside, List.copyOf(others));
        if (next.equals(connected.put(six, next))) {
            return;
        }
        Wiring wanted = Wiring.wanted(backend, six, outside.link(), others);
        String device = backend == Backend.HOST_GW ? outside.link() : backend.device(six);
        if (backend == Backend.WIREGUARD) {
            wireGuard.peers(device, six, others);
        }
        String family = six ? "-6" : "-4";
        byte[] nothing = new byte[0];
        boolean tunnelled = backend == Backend.VXLAN;
        Wiring present = Wiring.present(device, cluster, host.read(List.of("ip", "-json", family, "route", "show")),
                tunnelled ? host.read(List.of("ip", "-json", family, "neigh", "show", "dev", device)) : nothing,
                tunnelled ? host.read(List.of("bridge", "-json", "fdb", "show", "dev", device)) : nothing);
        host.batch(List.of("bridge", "-force", "-batch", "-"), wanted.bridgeLines(present, device));
        host.batch(List.of("ip", family, "-force", "-batch", "-"), wanted.ipLines(present, device));
    }

    /// Removes the devices of other backends, which an earlier configuration may have left.
    void pruneDevices() throws IOException {
        for (Backend other : EnumSet.complementOf(EnumSet.of(backend))) {
            remove(host, other);
        }
    }

    static void remove(Host host, Backend backend) throws IOException {
        for (boolean six : new boolean[] {false, true}) {
            String device = backend.device(six);
            if (!device.isEmpty() && host.linkExists(device)) {
                host.ip(List.of("ip", "link", "delete", device));
            }
        }
    }

    /// What stands in the kernel is looked at again at the next turn.
    void forget() {
        connected.clear();
    }

    /// Whether this node's own devices are still there: others may remove them, and the kernel does with the link
    /// they send over.
    boolean intact(List<Range> ranges) {
        return ranges.stream().map(r -> backend.device(r.six())).filter(d -> !d.isEmpty()).allMatch(host::linkExists);
    }
}
