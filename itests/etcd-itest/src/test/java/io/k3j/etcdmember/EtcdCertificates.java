package io.k3j.etcdmember;

import java.nio.file.Path;
import java.util.Optional;

/// The certificates a server that was started once has for etcd.
public final class EtcdCertificates {
    private EtcdCertificates() {
    }

    /// Makes them in a data directory.
    public static Path in(Path dataDir) {
        try (Server made = new Server(dataDir, "server-1", Optional.empty())) {
            return made.places.dataDir();
        }
    }
}
