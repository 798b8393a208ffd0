package io.k3j.etcdsnapshots;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.InstantSource;

/// Makes one snapshot: a file, and a copy of it in S3. What could not be made is told to the listener, so that the API
/// says so for a day. For one thread at a time, as the scheduler's lock has it.
final class SnapshotMaker {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private final SnapshotStores stores;
    private final EtcdSnapshots.Source member;
    private final SnapshotScheduler.Listener told;
    private final InstantSource clock;

    SnapshotMaker(SnapshotStores stores, EtcdSnapshots.Source member, SnapshotScheduler.Listener told,
            InstantSource clock) {
        this.stores = stores;
        this.member = member;
        this.told = told;
        this.clock = clock;
    }

    /// The file, and what the API will tell of it.
    ///
    /// @param prefix what the name begins with
    /// @throws IOException in a sentence when it could not be written; the part is removed then
    SnapshotFile onDisk(Snapshots local, String prefix, boolean compress) throws IOException {
        Snapshots.Wish wish = new Snapshots.Wish(prefix, compress, stores.metadata());
        String name = local.free(wish);
        try {
            Snapshots.Snapshot made = stores.times().measured(SnapshotTimes.Step.SAVE_LOCAL,
                    () -> local.save(member, wish, name));
            LOG.log(System.Logger.Level.INFO, "Saved snapshot file=" + made.file() + " bytes=" + made.size());
            return stores.described(local, made);
        } catch (IOException e) {
            String why = why(e);
            told.failed(SnapshotFile.failed(name, local.node(), clock.instant(), wish.metadata(), why));
            throw new IOException(why, e);
        }
    }

    /// Java names only the file in many of these, and the kind of failure by the class.
    private static String why(IOException e) {
        if (e instanceof FileSystemException file) {
            String reason = file.getReason() == null ? file.getClass().getSimpleName().replace("Exception", "")
                    : file.getReason();
            return "cannot write " + file.getFile() + ": " + reason;
        }
        return String.valueOf(e.getMessage());
    }

    /// The copy. The file stays, whatever happens.
    /// @throws IOException in a sentence when it could not be made
    void inS3(SnapshotStores.Both both, SnapshotFile made) throws IOException {
        Path file = both.local().file(made.name());
        try {
            stores.times().measured(SnapshotTimes.Step.SAVE_S3, () -> {
                both.bucket().orElseThrow().upload(file, stores.origin());
                return true;
            });
            LOG.log(System.Logger.Level.INFO, "Saved snapshot to S3 name=" + made.name());
        } catch (IOException e) {
            both.settings().ifPresent(s3 -> told.failed(S3Snapshots.failed(s3, made, String.valueOf(e.getMessage()))));
            throw new IOException(file + " was saved, but not in S3: " + e.getMessage(), e);
        }
    }
}
