package io.k3j.etcdmember;

import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The paths of the managed etcd, as in K3s.
///
/// @param dataDir `--data-dir`
record EtcdLayout(Path dataDir) {
    Path data() {
        return dataDir.resolve("server/db/etcd");
    }

    /// Complete data that waits to replace the data directory.
    Path next() {
        return dataDir.resolve("server/db/etcd-new");
    }

    /// Whether the data directory holds a member.
    boolean initialized() {
        return Files.exists(data().resolve("member/wal"));
    }

    Path name() {
        return data().resolve("name");
    }

    Path config() {
        return data().resolve("config");
    }

    /// Written when this member was removed from its cluster.
    Path tombstone() {
        return data().resolve("tombstone");
    }

    /// Written by a reset; deleted by the next ordinary start.
    Path resetFlag() {
        return dataDir.resolve("server/db/reset-flag");
    }

    Path snapshots() {
        return dataDir.resolve("server/db/snapshots");
    }

    Path metadata() {
        return dataDir.resolve("server/db/.metadata");
    }

    /// The newest revision noted, so that a restore can raise the revision beyond it.
    Path revision() {
        return dataDir.resolve("server/db/etcd.revision");
    }

    Path record() {
        return dataDir.resolve("server/db/etcd.process");
    }

    Path log() {
        return dataDir.resolve("server/logs/etcd.log");
    }

    Path tls(String file) {
        return dataDir.resolve("server/tls/etcd").resolve(file);
    }

    Path passwords() {
        return dataDir.resolve("server/cred/passwd");
    }

    /// Creates the directories etcd and this bundle write to.
    void create() throws IOException {
        PemFiles.directory(data());
        Files.createDirectories(log().getParent());
    }
}
