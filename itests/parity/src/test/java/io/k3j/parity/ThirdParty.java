package io.k3j.parity;

import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The distribution's features with those of somebody else added: one whose bundle is not installed and one that is
/// disabled, both of which say what servers must agree on. A component of the distribution is disabled, too.
final class ThirdParty {
    /// What servers here disable.
    static final String DISABLED = "--disable=coredns,acme-dns";
    /// What is stopped on the running server; whether it is to run is one of the flags servers agree on.
    static final String STOPPED = "cloud-controller";

    private ThirdParty() {
    }

    static Path features(Path directory) throws IOException {
        Path root = K3sProcess.distribution().resolve("features");
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(root.relativize(file).toString()));
            }
        }
        add(directory, "acme-lb", "serviceNodePortRange");
        add(directory, "acme-dns", "clusterDns");
        Path role = directory.resolve("roles/server.json");
        Files.writeString(role,
                Files.readString(role).replace("\"console\",", "\"console\", \"acme-lb\", \"acme-dns\","));
        return directory;
    }

    private static void add(Path directory, String name, String critical) throws IOException {
        Files.writeString(Files.createDirectory(directory.resolve(name)).resolve("feature.json"),
                "{\"name\": \"" + name + "\", \"critical\": [\"" + critical
                        + "\"], \"bundles\": [{\"name\": \"com.acme."
                        + name.replace("-", "") + "\"}]}");
    }
}
