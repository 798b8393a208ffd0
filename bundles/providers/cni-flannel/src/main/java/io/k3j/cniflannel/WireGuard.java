package io.k3j.cniflannel;

import io.k3j.componenthelpers.Cidr;
import io.k3j.durablefiles.DurableFiles;
import io.k3j.flannelconf.Backend;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// WireGuard devices by `wg`. A kernel without WireGuard uses `wireguard-go` where that is installed.
final class WireGuard {
    static final String KEY_FILE = "wgkey";
    static final String KEY_FILE_IPV6 = "wgkey-v6";
    static final String SHARED_FILE = "wgpsk";
    private static final String NONE = "(none)";
    private static final int KEY = 0;
    private static final int SHARED = 1;
    private static final int PORT = 2;
    private static final int ENDPOINT = 2;
    private static final int ALLOWED = 3;
    private static final int KEEPALIVE = 7;
    private final Host host;
    private final Backend backend;
    private final Path directory;

    WireGuard(Host host, Backend backend, Path directory) {
        this.host = host;
        this.backend = backend;
        this.directory = directory;
    }

    /// Creates the device of a family.
    /// @return this node's public key
    String device(String device, Cidr range, int mtu) throws IOException {
        Path key = key(device);
        if (!host.linkExists(device)) {
            make(device);
        }
        if (!identity(device).equals(List.of(Files.readString(key).strip(), Integer.toString(port(range.ipv6()))))) {
            // wireguard-go opens its socket anew whenever it is told a port, and loses what comes meanwhile
            host.ip(List.of("wg", "set", device, "listen-port", Integer.toString(port(range.ipv6())), "private-key",
                    key.toString()));
        }
        host.ip(List.of("ip", "link", "set", device, "mtu", Integer.toString(mtu)));
        host.ip(Host.address(device, range.base(), range.addressBits()));
        host.soleAddress(device, range);
        host.ip(List.of("ip", "link", "set", device, "up"));
        return text(host.feed(List.of("wg", "pubkey"), Files.readString(key)));
    }

    /// The private key and the port that the device has.
    private List<String> identity(String device) throws IOException {
        String[] words = text(host.read(List.of("wg", "show", device, "dump"))).split("\\s", PORT + 2);
        return words.length > PORT ? List.of(words[KEY], words[PORT]) : List.of();
    }

    private void make(String device) throws IOException {
        try {
            host.ip(List.of("ip", "link", "add", device, "type", "wireguard"));
        } catch (IOException e) {
            try {
                host.ip(List.of("wireguard-go", device));
            } catch (IOException none) {
                e.addSuppressed(none);
                throw new IOException("this kernel has no WireGuard (" + e.getMessage()
                        + "); load its module or install the package wireguard-go", e);
            }
        }
    }

    private Path key(String device) throws IOException {
        Path file = directory.resolve(device.endsWith("v6") ? KEY_FILE_IPV6 : KEY_FILE);
        // an empty file is left by a power failure before the key was durable
        if (Files.notExists(file) || Files.size(file) == 0) {
            Files.createDirectories(directory);
            DurableFiles.write(file, host.read(List.of("wg", "genkey")), "rw-------");
        }
        return file;
    }

    /// The port of this node's device of a family.
    int port(boolean ipv6) {
        return ipv6 ? backend.portV6() : backend.port();
    }

    /// Sets the peers of the device to the other nodes; one that is refused keeps no other away.
    /// @return what `wg` complains about
    List<String> peers(String device, boolean ipv6, List<Lease> others) throws IOException {
        Path shared = directory.resolve(SHARED_FILE);
        Map<String, Struct> wanted = new TreeMap<>();
        if (!backend.presharedKey().isEmpty()) {
            DurableFiles.write(shared, backend.presharedKey().getBytes(StandardCharsets.UTF_8), "rw-------");
        }
        others.stream().filter(o -> o.type().equals(backend.type().type())).flatMap(o -> o.in(ipv6).stream())
                .forEach(r -> wanted.put(r.token(), peer(r)));
        List<String> complaints = new ArrayList<>();
        for (List<String> line : changes(device, wanted, text(host.read(List.of("wg", "show", device, "dump"))),
                backend.presharedKey().isEmpty() ? Path.of("/dev/null") : shared)) {
            complaints.addAll(host.attempt(line));
        }
        return complaints;
    }

    private Struct peer(PeerAddress other) {
        boolean ipv6 = other.range().ipv6();
        int port = other.number() == 0 ? port(ipv6) : other.number();
        return Struct.of("endpoint", (ipv6 ? "[" + other.address() + "]" : other.address()) + ":" + port, "allowed",
                other.range().toString(), "shared", backend.presharedKey().isEmpty() ? NONE : backend.presharedKey(),
                "keepalive", backend.keepaliveSeconds() == 0 ? "off" : Integer.toString(backend.keepaliveSeconds()));
    }

    /// The commands from the output of `wg show … dump` to the desired peers.
    /// @param shared the file of the key that all nodes have
    static List<List<String>> changes(String device, Map<String, Struct> wanted, String dump, Path shared) {
        Map<String, Struct> present = new TreeMap<>();
        dump.lines().skip(1).map(l -> l.split("\t")).filter(w -> w.length > KEEPALIVE)
                .forEach(w -> present.put(w[KEY], Struct.of("endpoint", w[ENDPOINT], "allowed", w[ALLOWED], "shared",
                        w[SHARED], "keepalive", w[KEEPALIVE])));
        List<List<String>> lines = new ArrayList<>();
        present.keySet().stream().filter(k -> !wanted.containsKey(k))
                .forEach(k -> lines.add(List.of("wg", "set", device, "peer", k, "remove")));
        wanted.forEach((key, peer) -> {
            if (!peer.equals(present.get(key))) {
                lines.add(List.of("wg", "set", device, "peer", key, "preshared-key", shared.toString(), "endpoint",
                        peer.text("endpoint"), "allowed-ips", peer.text("allowed"), "persistent-keepalive",
                        peer.text("keepalive")));
            }
        });
        return lines;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8).strip();
    }
}
