package io.k3j.clusterdns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The resolvers of the node, by K3s' rule: those of `resolv.conf`, except loopback ones; where nobody says any the
/// ones that K3s writes into the file it makes for such nodes.
final class Resolvers {
    private static final int PORT = 53;
    private static final List<Path> PLACES = List.of(Path.of("/etc/resolv.conf"),
            Path.of("/run/systemd/resolve/resolv.conf"));
    private static final List<InetSocketAddress> LAST_RESORT = List.of(
            new InetSocketAddress(InetAddress.ofLiteral("8.8.8.8"), PORT),
            new InetSocketAddress(InetAddress.ofLiteral("2001:4860:4860::8888"), PORT));

    private Resolvers() {
    }

    /// The resolvers in order, without `own` addresses.
    static List<InetSocketAddress> of(String resolvConf, Set<String> own) {
        return of(resolvConf.isEmpty() ? PLACES : List.of(Path.of(resolvConf)), own,
                resolvConf.isEmpty() ? LAST_RESORT : List.of());
    }

    /// @param otherwise where no file names one
    static List<InetSocketAddress> of(List<Path> places, Set<String> own, List<InetSocketAddress> otherwise) {
        for (Path file : places) {
            List<InetSocketAddress> found = read(file, own);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return otherwise;
    }

    private static List<InetSocketAddress> read(Path file, Set<String> own) {
        List<InetSocketAddress> all = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                // blanks and tabs both separate words, and comments may follow: resolv.conf(5)
                String[] words = line.strip().split("[ \\t]+");
                if (words.length > 1 && words[0].equals("nameserver") && !own.contains(words[1])) {
                    usable(file, words[1]).ifPresent(all::add);
                }
            }
        } catch (IOException e) {
            unusable(file, String.valueOf(e.getMessage()));
        }
        return all;
    }

    private static Optional<InetSocketAddress> usable(Path file, String text) {
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            return address.isLoopbackAddress() || address.isMulticastAddress() ? Optional.empty()
                    : Optional.of(new InetSocketAddress(address, PORT));
        } catch (IllegalArgumentException none) {
            unusable(file, "nameserver " + text + ": " + none.getMessage());
            return Optional.empty();
        }
    }

    private static void unusable(Path file, String why) {
        System.getLogger("io.k3j.clusterdns").log(System.Logger.Level.WARNING, "cannot use {0}: {1}", file, why);
    }
}
