package io.k3j.etcdmember;

import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Old data directories: of a member that was removed from its cluster, or of one that was reset.
final class Tombstone {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final int MAX_KEPT = 5;

    private Tombstone() {
    }

    /// Moves the data of a removed member away so that this server can join again.
    /// @throws MemberFault when there is no cluster to join
    static void clear(EtcdLayout layout, boolean joins) throws IOException {
        if (!joins) {
            throw new MemberFault("tombstone file has been detected but --server is empty: backup and delete "
                    + layout.dataDir() + "/server/db to create a new cluster, or set --server to rejoin the cluster");
        }
        moveAway(layout, "etcd-backup-");
    }

    /// Renames the data directory within its parent and keeps the newest five directories of that prefix.
    static void moveAway(EtcdLayout layout, String prefix) throws IOException {
        Path db = Objects.requireNonNull(layout.data().getParent());
        long second = Instant.now().getEpochSecond();
        while (Files.exists(db.resolve(prefix + second))) {
            second++;
        }
        Path to = db.resolve(prefix + second);
        DurableFiles.move(layout.data(), to);
        LOG.log(System.Logger.Level.INFO, "Moved old etcd data to=" + to);
        List<Path> old;
        try (Stream<Path> all = Files.list(db)) {
            old = all.filter(p -> p.getFileName().toString().startsWith(prefix)).sorted(Comparator.reverseOrder())
                    .skip(MAX_KEPT).toList();
        }
        for (Path one : old) {
            delete(one);
        }
    }

    /// Deletes a directory recursively.
    static void delete(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path one : all) {
            Files.delete(one);
        }
    }
}
