package io.k3j.etcdmember;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Raises the revision of prepared data: near ones by writes, far ones by a restore of its snapshot where the installed
/// etcdutl can raise revisions, because every write takes its time. What a restore leaves to do is done by writes.
///
/// @param etcd the path of etcd
/// @param restorer empty without etcdutl
record RevisionRaise(MemberConfig config, Path etcd, Optional<SnapshotRestorer> restorer) {
    /// Up to here writes take no longer than a restore.
    private static final long NEAR = 50_000;

    /// Raises the revision of `scratch` above `target`.
    ///
    /// @return the one that holds the raised data: `scratch`, or another one in its place, and then `scratch` is closed
    /// @throws SnapshotRestorer.Failure when its snapshot cannot be restored; then its data is gone
    /// @throws MemberFault when it cannot be done; then its data is gone
    ScratchEtcd raise(ScratchEtcd scratch, long target)
            throws IOException, InterruptedException, SnapshotRestorer.Failure {
        long distance = target + 1 - RevisionBump.revision(scratch.kv());
        ScratchEtcd raised = distance > NEAR && restorer.isPresent() && restorer.get().raises()
                ? restored(scratch, restorer.get(), distance)
                : scratch;
        try {
            RevisionBump.raise(raised.kv(), target);
            return raised;
        } catch (IOException | InterruptedException | RuntimeException e) {
            raised.close();
            throw e;
        }
    }

    private ScratchEtcd restored(ScratchEtcd scratch, SnapshotRestorer by, long distance)
            throws IOException, InterruptedException, SnapshotRestorer.Failure {
        Path snapshot = DataDirReplacement.unpacked(config.layout());
        try {
            try (OutputStream file = DataDirReplacement.unpacking(config.layout())) {
                MemberSnapshot.copy(scratch.cluster(), file);
            }
            scratch.close();
            Tombstone.delete(scratch.directory());
            by.restore(config, snapshot, scratch.directory(), distance);
        } finally {
            Files.deleteIfExists(snapshot);
        }
        return ScratchEtcd.open(config, etcd, scratch.directory(), false);
    }
}
