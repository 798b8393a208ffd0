package io.k3j.cli;

import io.k3j.pki.CertificateServices;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Has certificates made again with the next start of a server or agent: their files go, and copies of them stay.
final class CertificateRotation {
    private static final List<String> KINDS = List.of(".crt", ".key");

    private CertificateRotation() {
    }

    /// Copies to `server/tls-TIME`, or to `agent/tls-TIME` where there is no server, as K3s; nothing is deleted before
    /// all is copied. What a server has for its node has the names of what it has for itself: its copies lie in
    /// `agent` there. Services of which nothing is there are told, as K3s does, which is no failure.
    static int run(Path dataDir, Set<String> services, Instant now) throws IOException {
        Path tls = dataDir.resolve("server/tls");
        List<Path> files = files(dataDir, services);
        if (!Files.isDirectory(tls) && files.isEmpty()) {
            if (Files.isDirectory(dataDir.resolve("agent"))) {
                System.out.println("No certificates of " + String.join(", ", services) + " in " + dataDir
                        + ", nothing is rotated");
                return 0;
            }
            throw new UsageFailure("no certificates in " + dataDir + "; give --data-dir when they are elsewhere");
        }
        Path backup = dataDir.resolve((Files.isDirectory(tls) ? "server" : "agent") + "/tls-" + now.getEpochSecond());
        copy(tls, backup);
        Path ofNode = Files.isDirectory(tls) ? backup.resolve("agent") : backup;
        PemFiles.directory(ofNode);
        for (Path file : files) {
            if (file.startsWith(dataDir.resolve("agent"))) {
                Files.copy(file, ofNode.resolve(file.getFileName()));
            }
        }
        for (Path file : files) {
            Files.delete(file);
        }
        services.forEach(service -> System.out.println("Rotating certificates for " + service));
        if (Files.isDirectory(tls) && (services.contains("k3s-server") || services.contains("api-server"))) {
            PemFiles.write(tls.resolve("dynamic-cert-regenerate"), "", PemFiles.SECRET);
        }
        System.out.println("Successfully backed up certificates to " + backup
                + ", please restart k3s server or agent to rotate certificates");
        return 0;
    }

    private static List<Path> files(Path dataDir, Set<String> services) {
        List<Path> files = new ArrayList<>();
        for (String name : CertificateServices.files(services)) {
            KINDS.stream().map(kind -> dataDir.resolve(name + kind)).filter(Files::exists).forEach(files::add);
        }
        return files;
    }

    private static void copy(Path tls, Path backup) throws IOException {
        PemFiles.directory(backup);
        if (!Files.isDirectory(tls)) {
            return;
        }
        try (Stream<Path> all = Files.walk(tls)) {
            for (Path file : all.filter(file -> !file.equals(tls)).toList()) {
                Files.copy(file, backup.resolve(tls.relativize(file).toString()));
            }
        }
    }
}
