package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdFailure;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.InstantSource;

/// Makes one snapshot: a file, and a copy of it in S3. Tells of what could not be made.
final class SnapshotMaker {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private final SnapshotStores stores;
    private final SnapshotDesk.Client client;
    private final SnapshotDesk.Told told;
    private final InstantSource clock;

    SnapshotMaker(SnapshotStores stores, SnapshotDesk.Client client, SnapshotDesk.Told told, InstantSource clock) {
        this.stores = stores;
        this.client = client;
        this.told = told;
        this.clock = clock;
    }

    /// The file.
    /// @throws IOException in a sentence when it could not be written
    SnapshotFile onDisk(Snapshots local, String prefix, boolean compress) throws IOException {
        Snapshots.Wish wish = new Snapshots.Wish(prefix, compress, stores.metadata());
        String name = local.free(wish);
        try {
            Snapshots.Snapshot made = stores.times().measured(SnapshotTimes.Step.SAVE_LOCAL, () -> {
                try (EtcdClient open = client.open()) {
                    return local.save(new EtcdCluster(open), wish, name);
                }
            });
            LOG.log(System.Logger.Level.INFO, "snapshot saved file=" + made.file() + " bytes=" + made.size());
            return stores.described(local, made);
        } catch (IOException | EtcdFailure e) {
            String why = why(e);
            told.failed(SnapshotFile.failed(name, local.node(), clock.instant(), wish.metadata(), why));
            throw new IOException(why, e);
        }
    }

    /// Java names only the file in many of these.
    private static String why(Exception e) {
        if (e instanceof FileSystemException file) {
            String reason = file.getReason() == null ? file.getClass().getSimpleName().replace("Exception", "")
                    : file.getReason();
            return "cannot write " + file.getFile() + ": " + reason;
        }
        return String.valueOf(e.getMessage());
    }

    /// The copy.
    /// @throws IOException in a sentence when it could not be made
    void inS3(SnapshotStores.Both both, SnapshotFile made) throws IOException {
        Path file = both.local().file(made.name());
        try {
            stores.times().measured(SnapshotTimes.Step.SAVE_S3, () -> {
                both.bucket().orElseThrow().upload(file, stores.origin());
                return true;
            });
            LOG.log(System.Logger.Level.INFO, "snapshot saved in S3 name=" + made.name());
        } catch (IOException e) {
            both.settings().ifPresent(s3 -> told.failed(S3Snapshots.failed(s3, made, String.valueOf(e.getMessage()))));
            throw new IOException(file + " was saved, but not in S3: " + e.getMessage(), e);
        }
    }
}
