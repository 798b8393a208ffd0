package io.k3j.etcdmember;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Which etcd version wrote the data of this server, and whether the installed one can use it.
///
/// etcd does not check this itself: 3.4 accepts data of a later version until it holds raft's first snapshot
/// (after 10,000 changes) and fails from then on; 3.7 fails midway on data of 3.4 and 3.5.
final class DataVersion {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");

    private DataVersion() {
    }

    /// The version that wrote the data in a directory. Empty without readable data: etcd itself reports what is
    /// wrong with it.
    static Optional<EtcdVersion> of(Path data) {
        Path db = data.resolve("member/snap/db");
        try (BoltFile file = BoltFile.open(db)) {
            // an older etcd that restores a snapshot leaves `storageVersion`, which `meta` holds since 3.6,
            // unchanged
            return file.value("cluster", "clusterVersion")
                    .flatMap(value -> EtcdVersion.in(new String(value, StandardCharsets.US_ASCII)));
        } catch (IOException unreadable) {
            LOG.log(System.Logger.Level.DEBUG, "Unknown who wrote " + db + ": " + unreadable.getMessage());
            return Optional.empty();
        }
    }

    /// Compares the versions; changes nothing. No etcd may be writing the data.
    /// @throws MemberFault when the installed etcd cannot use the data
    static void check(EtcdLayout layout, Path etcd) throws IOException, InterruptedException {
        Optional<EtcdVersion> written = layout.initialized() ? of(layout.data()) : Optional.empty();
        Optional<EtcdVersion> installed = written.isPresent() ? EtcdVersion.of(etcd) : Optional.empty();
        if (installed.isPresent() && !installed.get().continues(written.get())) {
            throw new MemberFault(layout.data() + " was written by etcd " + written.get() + ", and " + etcd + " is "
                    + installed.get() + ", which cannot go on with it; nothing was changed: "
                    + remedy(written.get(), installed.get())
                    + ", or restore a snapshot, which any etcd reads: k3s server"
                    + " --cluster-reset --cluster-reset-restore-path=" + snapshot(layout));
        }
    }

    private static String remedy(EtcdVersion written, EtcdVersion installed) {
        return installed.after(written) ? "etcd goes up by one minor version at a time: start this server with etcd "
                + written.next() + " once"
                : "put etcd and etcdutl of version " + written
                        + " into /usr/local/bin and start again";
    }

    /// The newest snapshot on disk, or the path a snapshot would have.
    private static String snapshot(EtcdLayout layout) throws IOException {
        Path directory = layout.snapshots();
        if (!Files.isDirectory(directory)) {
            return directory.resolve("NAME").toString();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(Files::isRegularFile).map(one -> Map.entry(one, modified(one)))
                    .max(Comparator.comparing(Map.Entry::getValue)).map(one -> one.getKey().toString())
                    .orElseGet(() -> directory.resolve("NAME").toString());
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException gone) {
            return FileTime.fromMillis(0);
        }
    }
}
