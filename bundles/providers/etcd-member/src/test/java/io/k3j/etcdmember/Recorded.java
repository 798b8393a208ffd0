package io.k3j.etcdmember;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/// Databases written by real etcds: snapshots taken with etcdctl after some puts and a compaction.
final class Recorded {
    private Recorded() {
    }

    /// Unpacks the database of that version.
    static Path file(String version, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        try (InputStream in = new GZIPInputStream(Objects.requireNonNull(
                Recorded.class.getResourceAsStream("etcd-" + version + ".db.gz")))) {
            Files.copy(in, to);
        }
        return to;
    }
}
