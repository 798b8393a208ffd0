package io.k3j.etcdmember;

import io.k3j.etcdsnapshots.EtcdSnapshots;
import io.k3j.pki.ClusterAccess;
import io.k3j.pki.ClusterToken;
import io.k3j.pki.PasswordFile;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Derives the wanted member from the flags, and performs what has to precede its start: the check of
/// arguments, a reset, a migration.
final class MemberPreparation {
    private static final EtcdPorts PORTS = new EtcdPorts(2379, 2380, 2381);
    private static final int BAD_REQUEST = 400;
    private final EtcdMemberSettings settings;
    private final EtcdLayout layout;
    private final Path etcd;
    private final Optional<Path> etcdutl;

    MemberPreparation(EtcdMemberSettings settings, Optional<String> path) {
        this.settings = settings;
        layout = new EtcdLayout(Path.of(settings.dataDir()).toAbsolutePath());
        etcd = Programs.find("etcd", path);
        etcdutl = Programs.etcdutl(path);
    }

    /// Cleans up after a process that was killed.
    void cleanUp() throws IOException, InterruptedException {
        DataDirReplacement.cleanUp(layout);
        if (settings.clusterResetRestorePath().isEmpty()) {
            DataDirReplacement.check(layout);
        }
        EtcdSnapshots.tidy(SnapshotFlags.plan(settings, layout), settings.nodeName());
    }

    Path etcd() {
        return etcd;
    }

    /// The wanted member.
    /// @throws MemberFault when a flag is wrong; nothing was touched
    Member.Wish wish() throws IOException, InterruptedException {
        String version = EtcdProcess.query(etcd, "--version");
        Map<String, String> arguments = Map.of();
        if (settings.etcdArg().length > 0) {
            arguments = EtcdArguments.read(List.of(settings.etcdArg()),
                    EtcdArguments.known(EtcdProcess.query(etcd, "--help")),
                    version.lines().findFirst().orElse("etcd"));
        }
        String host = settings.nodeIp().length == 0 ? "127.0.0.1" : settings.nodeIp()[0];
        String name = MemberName.of(layout, settings.nodeName(), new SecureRandom());
        MemberConfig config = new MemberConfig(layout, name, host, PORTS, "", false,
                settings.etcdExposeMetrics() ? host : "127.0.0.1",
                EtcdArguments.corruptCheck(arguments, EtcdVersion.in(version)));
        return new Member.Wish(config, source());
    }

    private MemberBootstrap.@Nullable Source source() {
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

    /// Migrates this server's SQLite database, unless the server joins another cluster.
    void convert(Member.Wish wish) throws IOException, InterruptedException {
        if (wish.source() == null && Conversion.due(layout)) {
            new Conversion(wish.config(), etcd, etcdutl).run();
        }
    }

    /// Performs `--cluster-reset` and returns the message for the operator; empty when it was not requested.
    Optional<String> reset(Member.Wish wish, Optional<String> path) throws IOException, InterruptedException {
        if (!settings.clusterReset()) {
            return Optional.empty();
        }
        String from = settings.clusterResetRestorePath();
        Path restorer = from.isEmpty() ? etcd : Programs.restorer(path);
        new EtcdProcess(layout, etcd).end(Duration.ofSeconds(10));
        ClusterReset reset = new ClusterReset(wish.config(), etcd, restorer);
        if (from.isEmpty() || !settings.etcdS3()) {
            return Optional.of(reset.run(from.isEmpty() ? Optional.empty() : Optional.of(Path.of(from)), password()));
        }
        Path snapshot = download(Path.of(from).getFileName().toString());
        try {
            return Optional.of(reset.run(Optional.of(snapshot), password()));
        } finally {
            Files.deleteIfExists(snapshot);
        }
    }

    /// Downloads the snapshot from S3.
    private Path download(String name) throws IOException {
        Path to = DataDirReplacement.fetched(layout, name);
        Files.createDirectories(to.getParent());
        try {
            return EtcdSnapshots.fetch(SnapshotFlags.s3(settings), name, to);
        } catch (IOException | IllegalArgumentException e) {
            throw new MemberFault("the snapshot cannot be restored: " + e.getMessage() + "; nothing was restored");
        }
    }

    private String password() throws IOException {
        if (!settings.token().isEmpty()) {
            return ClusterToken.parse(settings.token()).password();
        }
        return PasswordFile.parse(PemFiles.read(layout.passwords()).orElse("")).row("server")
                .map(PasswordFile.Row::password).orElse("");
    }
}
