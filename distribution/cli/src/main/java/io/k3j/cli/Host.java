package io.k3j.cli;

import io.k3j.childprocess.Command;
import io.k3j.componenthelpers.Cidr;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The facts of this machine that defaults depend on. A value, so that tests can make one up.
///
/// @param addresses what it is known by: one of IPv4, one of IPv6, or one of each, IPv4 first
/// @param links its network interfaces
/// @param sysctls where the kernel's settings are files, as `/proc/sys`
/// @param programs runs those of the VPN
record Host(String name, boolean root, String home, List<String> addresses, List<Link> links,
        Instant now, Map<String, String> environment, Path sysctls, Vpn.Programs programs) {
    /// Longer than the 30 s that `tailscale up` is given.
    private static final Duration PROGRAM_LIMIT = Duration.ofSeconds(45);
    /// How the links begin that flannel, its bridge plug-in and kube-proxy make.
    private static final List<String> POD_NETWORK = List.of("flannel", "cni", "veth", "kube-");

    /// A network interface and its addresses.
    record Link(String name, List<InetAddress> addresses) {
    }

    /// This machine, now. Sends nothing: the addresses are those its default routes lead from.
    static Host here(InstantSource clock, Map<String, String> environment) {
        return new Host(hostname(), uid() == 0, System.getProperty("user.home", "/"), defaultAddresses(), found(),
                clock.instant(), environment, Path.of("/proc/sys"),
                line -> new Command(PROGRAM_LIMIT).run(line, ""));
    }

    /// The same without a variable of its environment.
    Host without(String variable) {
        Map<String, String> others = new HashMap<>(environment);
        others.remove(variable);
        return new Host(name, root, home, addresses, links, now, Map.copyOf(others), sysctls, programs);
    }

    private static String hostname() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip().toLowerCase(Locale.ROOT);
        } catch (IOException e) {
            return "localhost";
        }
    }

    private static int uid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            return -1;
        }
    }

    private static List<String> defaultAddresses() {
        List<String> found = Stream.of("192.0.2.1", "2001:db8::1").flatMap(far -> towards(far).stream()).toList();
        return found.isEmpty() ? anyAddress(found()).stream().toList() : found;
    }

    /// The address packets leave with that go to `far`, in documentation's networks; empty without a route.
    private static Optional<String> towards(String far) {
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(new InetSocketAddress(InetAddress.ofLiteral(far), 9));
            return Optional.of(probe.getLocalAddress()).filter(a -> usable(a) && !a.isAnyLocalAddress())
                    .map(Cidr::text);
        } catch (SocketException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static List<Link> found() {
        try {
            return NetworkInterface.networkInterfaces()
                    .map(link -> new Link(link.getName(), link.inetAddresses().toList())).toList();
        } catch (SocketException e) {
            return List.of();
        }
    }

    private static boolean usable(InetAddress a) {
        return !a.isLoopbackAddress() && !a.isLinkLocalAddress() && !a.isMulticastAddress();
    }

    /// The address a machine without a default route is known by: of the first link that the pod network did not make,
    /// or a node that starts again would take the one of its own bridge. One of IPv6 only where there is none of IPv4.
    static Optional<String> anyAddress(List<Link> links) {
        return links.stream().filter(link -> POD_NETWORK.stream().noneMatch(link.name::startsWith))
                .flatMap(link -> link.addresses.stream()).filter(Host::usable)
                .min(Comparator.comparingInt(a -> a.getAddress().length)).map(Cidr::text);
    }

    /// Whether there is a link of this name.
    boolean has(String name) {
        return links.stream().anyMatch(l -> l.name.equals(name));
    }

    /// The addresses of the link that `--flannel-iface` names, as K3s takes them for `--node-ip`.
    /// @throws IllegalArgumentException when it has none, or more than one of IPv4
    List<String> addressesOf(String name) {
        List<String> all = links.stream().filter(l -> l.name.equals(name)).flatMap(l -> l.addresses.stream())
                .filter(Host::usable).map(Cidr::text).toList();
        List<String> four = all.stream().filter(a -> !a.contains(":")).toList();
        if (four.size() > 1) {
            throw noAddress(name,
                    "multiple global unicast addresses defined for " + name + ", please set ip from one of "
                            + four + " by --node-ip");
        }
        if (all.isEmpty()) {
            throw noAddress(name, "can't find ip for interface " + name);
        }
        return Stream.concat(four.stream(), all.stream().filter(a -> a.contains(":")).limit(1)).toList();
    }

    private static IllegalArgumentException noAddress(String name, String why) {
        return new IllegalArgumentException(
                "interface " + name + " (--flannel-iface) does not have a correct global unicast ip: " + why);
    }
}
