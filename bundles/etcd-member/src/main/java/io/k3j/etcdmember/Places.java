package io.k3j.etcdmember;

import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where things of the managed etcd lie, as in K3s.
///
/// @param dataDir `--data-dir`
record Places(Path dataDir) {
    Path data() {
        return dataDir.resolve("server/db/etcd");
    }

    /// Data that was made whole and waits to be put in the other's place.
    Path next() {
        return dataDir.resolve("server/db/etcd-new");
    }

    /// Whether a member has begun here before.
    boolean initialized() {
        return Files.exists(data().resolve("member/wal"));
    }

    Path name() {
        return data().resolve("name");
    }

    Path config() {
        return data().resolve("config");
    }

    /// Left by a member that was removed from its cluster.
    Path tombstone() {
        return data().resolve("tombstone");
    }

    /// Left by a reset, until the next ordinary start.
    Path resetFlag() {
        return dataDir.resolve("server/db/reset-flag");
    }

    Path snapshots() {
        return dataDir.resolve("server/db/snapshots");
    }

    Path metadata() {
        return dataDir.resolve("server/db/.metadata");
    }

    /// The newest revision seen, so that a restore can go beyond it.
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

    /// Makes the directories etcd and we write to.
    void create() throws IOException {
        PemFiles.directory(data());
        Files.createDirectories(log().getParent());
    }
}
