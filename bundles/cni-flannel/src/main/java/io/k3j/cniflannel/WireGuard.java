package io.k3j.cniflannel;

import io.k3j.durablefiles.DurableFiles;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The WireGuard devices, by way of `wg`. A kernel without WireGuard is helped out by `wireguard-go` where that is
/// installed.
final class WireGuard {
    private static final int PORT = 51820;
    private static final int PORT_SIX = 51821;
    private static final int KEEPALIVE_SECONDS = 25;
    private static final int KEY = 0;
    private static final int ENDPOINT = 2;
    private static final int ALLOWED = 3;
    private final Host host;
    private final Path directory;

    WireGuard(Host host, Path directory) {
        this.host = host;
        this.directory = directory;
    }

    /// Makes the device of a family.
    /// @return this node's public key
    String device(String device, Range range, int mtu) throws IOException {
        Path key = key(device);
        if (!host.linkExists(device)) {
            make(device);
        }
        host.ip(List.of("wg", "set", device, "listen-port", Integer.toString(port(range.six())), "private-key",
                key.toString()));
        host.ip(List.of("ip", "link", "set", device, "mtu", Integer.toString(mtu)));
        host.ip(List.of("ip", range.six() ? "-6" : "-4", "address", "replace",
                range.address() + (range.six() ? "/128" : "/32"), "dev", device));
        host.ip(List.of("ip", "link", "set", device, "up"));
        return text(host.feed(List.of("wg", "pubkey"), Files.readString(key)));
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
        Path file = directory.resolve(device.endsWith("v6") ? "wgkey-v6" : "wgkey");
        // an empty one is what a power cut left of a key before it was made durable
        if (Files.notExists(file) || Files.size(file) == 0) {
            Files.createDirectories(directory);
            DurableFiles.write(file, host.read(List.of("wg", "genkey")), "rw-------");
        }
        return file;
    }

    private static int port(boolean six) {
        return six ? PORT_SIX : PORT;
    }

    /// Makes the device's peers those of the other nodes.
    void peers(String device, boolean six, List<Lease> others) throws IOException {
        Map<String, Struct> wanted = new TreeMap<>();
        for (Lease other : others) {
            other.in(six).filter(r -> other.type().equals(Backend.WIREGUARD.type())).ifPresent(r -> wanted.put(
                    r.token(), Struct.of("endpoint", (six ? "[" + r.address() + "]" : r.address()) + ":" + port(six),
                            "allowed", r.range().toString())));
        }
        for (List<String> line : changes(device, wanted, text(host.read(List.of("wg", "show", device, "dump"))))) {
            host.ip(line);
        }
    }

    /// The commands that lead from what `wg show … dump` prints to the wanted peers.
    static List<List<String>> changes(String device, Map<String, Struct> wanted, String dump) {
        Map<String, Struct> present = new TreeMap<>();
        dump.lines().skip(1).map(l -> l.split("\t")).filter(w -> w.length > ALLOWED)
                .forEach(w -> present.put(w[KEY], Struct.of("endpoint", w[ENDPOINT], "allowed", w[ALLOWED])));
        List<List<String>> lines = new ArrayList<>();
        present.keySet().stream().filter(k -> !wanted.containsKey(k))
                .forEach(k -> lines.add(List.of("wg", "set", device, "peer", k, "remove")));
        wanted.forEach((key, peer) -> {
            if (!peer.equals(present.get(key))) {
                lines.add(List.of("wg", "set", device, "peer", key, "endpoint", peer.text("endpoint"), "allowed-ips",
                        peer.text("allowed"), "persistent-keepalive", Integer.toString(KEEPALIVE_SECONDS)));
            }
        });
        return lines;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8).strip();
    }
}
