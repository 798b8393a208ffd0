package io.k3j.etcdmember;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.durablefiles.DurableFiles;
import io.k3j.jetcd.EtcdKey;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdRange;
import io.k3j.model.Struct;
import io.k3j.pki.BootstrapSeal;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The cluster's authorities and keys inside a snapshot, sealed with the server token: K3s' bootstrap record.
/// The restoring server becomes that cluster, so these files replace those on disk, which are kept in a sibling
/// directory.
final class RestoredFiles {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Map<String, String> FILES = Map.ofEntries(Map.entry("ETCDServerCA", "tls/etcd/server-ca.crt"),
            Map.entry("ETCDServerCAKey", "tls/etcd/server-ca.key"), Map.entry("ETCDPeerCA", "tls/etcd/peer-ca.crt"),
            Map.entry("ETCDPeerCAKey", "tls/etcd/peer-ca.key"), Map.entry("ServerCA", "tls/server-ca.crt"),
            Map.entry("ServerCAKey", "tls/server-ca.key"), Map.entry("ClientCA", "tls/client-ca.crt"),
            Map.entry("ClientCAKey", "tls/client-ca.key"), Map.entry("ServiceKey", "tls/service.key"),
            Map.entry("RequestHeaderCA", "tls/request-header-ca.crt"),
            Map.entry("RequestHeaderCAKey", "tls/request-header-ca.key"), Map.entry("PasswdFile", "cred/passwd"),
            Map.entry("IPSECKey", "cred/ipsec.psk"), Map.entry("EncryptionConfig", "cred/encryption-config.json"),
            Map.entry("EncryptionHash", "cred/encryption-state.json"));
    private final Path server;
    private final Map<Path, String> wanted;

    private RestoredFiles(Path server, Map<Path, String> wanted) {
        this.server = server;
        this.wanted = wanted;
    }

    /// Reads the record. A snapshot without one yields no files.
    /// @throws MemberFault when the snapshot was taken under another token
    static RestoredFiles of(EtcdLayout layout, EtcdKv kv, String password) throws IOException {
        Path server = layout.dataDir().resolve("server");
        List<EtcdKey> records = kv.range(EtcdRange.prefix("/bootstrap/", ""), 10, 0, LIMIT).keys().stream()
                .filter(record -> record.value().length > 0).toList();
        if (records.isEmpty()) {
            return new RestoredFiles(server, Map.of());
        }
        Optional<EtcdKey> matching = password.isEmpty() ? Optional.empty() : records.stream()
                .filter(record -> record.key().equals(BootstrapSeal.key(password))).findFirst();
        if (matching.isEmpty()) {
            throw new MemberFault("bootstrap data already found and encrypted with different token; nothing was"
                    + " restored, give --token with the server token of the cluster the snapshot is from");
        }
        try {
            return new RestoredFiles(server, files(server, Json.object(BootstrapSeal.open(password,
                    matching.get().value()))));
        } catch (IllegalArgumentException | MalformedInput e) {
            throw new MemberFault("the snapshot's authorities cannot be read: " + e.getMessage()
                    + "; nothing was restored");
        }
    }

    private static Map<Path, String> files(Path server, Struct record) {
        Map<Path, String> files = new LinkedHashMap<>();
        FILES.forEach((field, file) -> {
            String content = record.get(field) instanceof Struct made ? made.text("Content") : record.text(field);
            if (!content.isEmpty()) {
                files.put(server.resolve(file),
                        new String(Base64.getDecoder().decode(content), StandardCharsets.UTF_8));
            }
        });
        return files;
    }

    /// Whether the files on disk are equal to the record's.
    boolean onDisk() throws IOException {
        boolean same = true;
        for (Map.Entry<Path, String> file : wanted.entrySet()) {
            same &= PemFiles.read(file.getKey()).equals(Optional.of(file.getValue()));
        }
        return same;
    }

    /// Writes the files. Certificates signed by other authorities are moved away, so that they are issued anew.
    void write() throws IOException {
        if (onDisk()) {
            return;
        }
        Path tls = server.resolve("tls");
        if (Files.exists(tls)) {
            DurableFiles.move(tls, server.resolve("tls-" + Instant.now().getEpochSecond()));
        }
        for (Map.Entry<Path, String> file : wanted.entrySet()) {
            PemFiles.directory(Objects.requireNonNull(file.getKey().getParent()));
            PemFiles.write(file.getKey(), file.getValue(), file.getKey().toString().endsWith(".crt") ? PemFiles.OPEN
                    : PemFiles.SECRET);
        }
        LOG.log(System.Logger.Level.INFO, "Restored CA certificates from the snapshot files=" + wanted.size());
    }
}
