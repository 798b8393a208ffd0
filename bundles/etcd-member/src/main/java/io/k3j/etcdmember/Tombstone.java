package io.k3j.etcdmember;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Old data directories: of a member that was removed from its cluster, or that was reset.
final class Tombstone {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final int KEPT = 5;

    private Tombstone() {
    }

    /// Puts the data of a removed member aside so that it can join again.
    /// @throws MemberFault when there is nothing to join
    static void clear(Places places, boolean joins) throws IOException {
        if (!joins) {
            throw new MemberFault("tombstone file has been detected but --server is empty: backup and delete "
                    + places.dataDir() + "/server/db to create a new cluster, or set --server to rejoin the cluster");
        }
        aside(places, "etcd-backup-");
    }

    /// Moves the data directory beside itself and keeps the newest five of that kind.
    static void aside(Places places, String prefix) throws IOException {
        Path db = places.data().getParent();
        long second = Instant.now().getEpochSecond();
        while (Files.exists(db.resolve(prefix + second))) {
            second++;
        }
        Path to = db.resolve(prefix + second);
        Files.move(places.data(), to);
        LOG.log(System.Logger.Level.INFO, "moved etcd's old data to=" + to);
        List<Path> old;
        try (Stream<Path> all = Files.list(db)) {
            old = all.filter(p -> p.getFileName().toString().startsWith(prefix)).sorted(Comparator.reverseOrder())
                    .skip(KEPT).toList();
        }
        for (Path one : old) {
            delete(one);
        }
    }

    /// Deletes a directory and all in it.
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
