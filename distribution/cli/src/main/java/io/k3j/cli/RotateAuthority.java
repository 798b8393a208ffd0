package io.k3j.cli;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.pki.ClusterAccess;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/// `k3s certificate rotate-ca --path DIR`: hands new authorities, staged in `DIR/tls`, to a server, which checks them
/// and puts them into the datastore.
final class RotateAuthority {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Map<String, String> FILES = Map.of("ServerCA", "server-ca", "ClientCA", "client-ca",
            "RequestHeaderCA", "request-header-ca", "ETCDServerCA", "etcd/server-ca", "ETCDPeerCA", "etcd/peer-ca");

    private RotateAuthority() {
    }

    static int run(Words words, Host host, Instant now) throws IOException {
        String path = words.text("path", "");
        if (path.isEmpty()) {
            throw new UsageFailure("--path is required: the directory in whose tls/ the new certificates and keys lie");
        }
        Path tls = Path.of(path, "tls");
        if (!Files.isDirectory(tls)) {
            throw new UsageFailure("there is no directory " + tls + "; stage the new certificates and keys there,"
                    + " as server-ca.crt, server-ca.key and so on");
        }
        Struct fields = read(tls, now);
        try (ClusterAccess access = RunningServer.reach(words, host)) {
            RunningServer.granted(
                    access.put("/v1-k3s/cert/cacerts?force=" + words.on("force"), Json.text(fields), LIMIT));
        }
        System.out.println("certificates saved to datastore");
        return 0;
    }

    private static Struct read(Path tls, Instant now) throws IOException {
        Struct.Builder fields = Struct.builder();
        for (Map.Entry<String, String> file : FILES.entrySet()) {
            add(fields, file.getKey(), tls.resolve(file.getValue() + ".crt"), now);
            add(fields, file.getKey() + "Key", tls.resolve(file.getValue() + ".key"), now);
        }
        add(fields, "ServiceKey", tls.resolve("service.key"), now);
        return fields.build();
    }

    private static void add(Struct.Builder fields, String name, Path file, Instant now) throws IOException {
        Optional<String> text = PemFiles.read(file);
        if (text.isPresent() && !text.get().isBlank()) {
            fields.put(name, Struct.of("Timestamp", now.truncatedTo(ChronoUnit.SECONDS).toString(), "Content",
                    Base64.getEncoder().encodeToString(text.get().getBytes(StandardCharsets.UTF_8))));
        }
    }
}
