package io.k3j.clusterdns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The resolvers of the node, by K3s' rule: those of `resolv.conf`, except loopback ones.
final class Resolvers {
    private static final int PORT = 53;
    private static final List<Path> PLACES = List.of(Path.of("/etc/resolv.conf"),
            Path.of("/run/systemd/resolve/resolv.conf"));

    private Resolvers() {
    }

    /// The resolvers in order, without `own` addresses.
    static List<InetSocketAddress> of(String resolvConf, Set<String> own) {
        List<Path> places = resolvConf.isEmpty() ? PLACES : List.of(Path.of(resolvConf));
        for (Path file : places) {
            List<InetSocketAddress> found = read(file, own);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    private static List<InetSocketAddress> read(Path file, Set<String> own) {
        List<InetSocketAddress> all = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.strip().split(" ");
                String last = words[words.length - 1];
                if (words.length > 1 && words[0].equals("nameserver") && !own.contains(last)) {
                    InetAddress address = InetAddress.ofLiteral(last);
                    if (!address.isLoopbackAddress() && !address.isMulticastAddress()) {
                        all.add(new InetSocketAddress(address, PORT));
                    }
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            System.getLogger("io.k3j.clusterdns").log(System.Logger.Level.WARNING, "cannot use {0}: {1}", file,
                    e.getMessage());
        }
        return all;
    }
}
