package io.k3j.etcdmember;

import io.k3j.pki.ClusterAccess;
import io.k3j.pki.ClusterToken;
import io.k3j.pki.PasswordFile;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// From the flags to what the member shall be, with everything that must be done before it begins: arguments
/// checked, a reset, a conversion.
final class Preparation {
    private static final Ports PORTS = new Ports(2379, 2380, 2381);
    private static final int BAD_REQUEST = 400;
    private final Settings settings;
    private final Places places;
    private final Path etcd;

    Preparation(Settings settings, Optional<String> path) {
        this.settings = settings;
        places = new Places(Path.of(settings.dataDir()).toAbsolutePath());
        etcd = Programs.find("etcd", path);
    }

    /// Ends what somebody began here who was killed.
    void tidy() throws IOException, InterruptedException {
        Delivery.tidy(places);
        if (settings.clusterResetRestorePath().isEmpty()) {
            Delivery.check(places);
        }
        new Snapshots(SnapshotFlags.plan(settings, places).directory(), settings.nodeName(), InstantSource.system())
                .tidy();
    }

    Path etcd() {
        return etcd;
    }

    /// What the member shall be.
    /// @throws MemberFault when a flag is wrong; nothing was touched
    Member.Wish wish() throws IOException, InterruptedException {
        String version = EtcdProcess.ask(etcd, "--version");
        Map<String, String> arguments = Map.of();
        if (settings.etcdArg().length > 0) {
            arguments = EtcdArguments.read(List.of(settings.etcdArg()),
                    EtcdArguments.known(EtcdProcess.ask(etcd, "--help")),
                    version.lines().findFirst().orElse("etcd"));
        }
        String host = settings.nodeIp().length == 0 ? "127.0.0.1" : settings.nodeIp()[0];
        String name = MemberName.of(places, settings.nodeName(), new SecureRandom());
        MemberConfig config = new MemberConfig(places, name, host, PORTS, "", false,
                settings.etcdExposeMetrics() ? host : "127.0.0.1",
                EtcdArguments.corruptCheck(arguments, EtcdVersion.in(version)));
        return new Member.Wish(config, source());
    }

    private Beginning.@Nullable Source source() {
        if (settings.server().isEmpty()) {
            return null;
        }
        return () -> {
            try (ClusterAccess access = ClusterAccess.of(settings.server(), settings.token(), "server")) {
                ClusterAccess.Answer answer = access.get("/db/info");
                if (answer.status() == BAD_REQUEST) {
                    throw new MemberFault(settings.server() + " has no managed etcd; start that server with"
                            + " --cluster-init first, or give all servers the same --datastore-endpoint");
                }
                if (!answer.ok()) {
                    throw new IOException(settings.server() + "/db/info answered " + answer.status());
                }
                return ClusterInfo.read(answer.body());
            }
        };
    }

    /// Converts a database of SQLite that is here, unless another cluster is joined.
    void convert(Member.Wish wish) throws IOException, InterruptedException {
        if (wish.source() == null && Conversion.due(places)) {
            new Conversion(wish.config(), etcd).run();
        }
    }

    /// Carries out `--cluster-reset` and says what to do next; empty when it was not asked for.
    Optional<String> reset(Member.Wish wish, Optional<String> path) throws IOException, InterruptedException {
        if (!settings.clusterReset()) {
            return Optional.empty();
        }
        String from = settings.clusterResetRestorePath();
        Path restorer = from.isEmpty() ? etcd : Programs.restorer(path);
        EtcdProcess process = new EtcdProcess(places, etcd);
        process.stop(java.time.Duration.ofSeconds(10));
        Reset reset = new Reset(wish.config(), etcd, restorer);
        if (from.isEmpty() || !settings.etcdS3()) {
            return Optional.of(reset.run(from.isEmpty() ? Optional.empty() : Optional.of(Path.of(from)), password()));
        }
        Path fetched = fetched(Path.of(from).getFileName().toString());
        try {
            return Optional.of(reset.run(Optional.of(fetched), password()));
        } finally {
            Files.deleteIfExists(fetched);
        }
    }

    /// The snapshot, from S3.
    private Path fetched(String name) throws IOException {
        Path to = Delivery.fetched(places, name);
        Files.createDirectories(to.getParent());
        try (S3Snapshots s3 = new S3Snapshots(S3Settings.of(SnapshotFlags.s3(settings)), InstantSource.system())) {
            return s3.download(name, to);
        } catch (IOException | IllegalArgumentException e) {
            throw new MemberFault("the snapshot cannot be restored: " + e.getMessage() + "; nothing was restored");
        }
    }

    private String password() throws IOException {
        if (!settings.token().isEmpty()) {
            return ClusterToken.parse(settings.token()).password();
        }
        return PasswordFile.parse(PemFiles.read(places.passwords()).orElse("")).row("server")
                .map(PasswordFile.Row::password).orElse("");
    }
}
