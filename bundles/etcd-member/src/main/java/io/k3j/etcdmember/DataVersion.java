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

/// Which etcd wrote the data of this server, and whether the one installed may go on with it.
///
/// etcd does not see to that itself: 3.4 takes data of a later one for its own until raft's first snapshot lies in it
/// (10,000 changes), and ends from then on; 3.7 breaks off in the middle of data of 3.4 and 3.5.
final class DataVersion {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");

    private DataVersion() {
    }

    /// Of the data in a directory; none where there is none, or none that can be read: etcd says what is wrong with it.
    static Optional<EtcdVersion> of(Path data) {
        Path db = data.resolve("member/snap/db");
        try (BoltFile file = BoltFile.open(db)) {
            // a restore by an older etcd leaves `storageVersion`, since 3.6 in `meta`, as it was
            return file.value("cluster", "clusterVersion")
                    .flatMap(value -> EtcdVersion.in(new String(value, StandardCharsets.US_ASCII)));
        } catch (IOException unreadable) {
            LOG.log(System.Logger.Level.DEBUG, "unknown who wrote " + db + ": " + unreadable.getMessage());
            return Optional.empty();
        }
    }

    /// Compares them; nothing is changed. Nobody may be writing the data.
    /// @throws MemberFault when that etcd cannot go on with the data
    static void check(Places places, Path etcd) throws IOException, InterruptedException {
        Optional<EtcdVersion> written = places.initialized() ? of(places.data()) : Optional.empty();
        Optional<EtcdVersion> installed = written.isPresent() ? EtcdVersion.of(etcd) : Optional.empty();
        if (installed.isPresent() && !installed.get().continues(written.get())) {
            throw new MemberFault(places.data() + " was written by etcd " + written.get() + ", and " + etcd + " is "
                    + installed.get() + ", which cannot go on with it; nothing was changed: "
                    + way(written.get(), installed.get()) + ", or restore a snapshot, which any etcd reads: k3s server"
                    + " --cluster-reset --cluster-reset-restore-path=" + snapshot(places));
        }
    }

    private static String way(EtcdVersion written, EtcdVersion installed) {
        return installed.after(written) ? "etcd goes up by one minor version at a time: start this server with etcd "
                + written.next() + " once"
                : "put etcd and etcdutl of version " + written
                        + " into /usr/local/bin and start again";
    }

    /// The newest one on this server's disk, or where there would be one.
    private static String snapshot(Places places) throws IOException {
        Path directory = places.snapshots();
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
