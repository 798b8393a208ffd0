package io.k3j.etcdsnapshots;

import io.k3j.apimachinery.CronSchedule;
import io.k3j.model.Struct;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What the flags `--etcd-snapshot-*` and `--etcd-s3-*` of a server say. Immutable. Checked by whoever makes it.
///
/// @param directory where snapshots are kept; nobody may ask for one that does not lie in it
/// @param prefix what names of scheduled snapshots begin with; no slash
/// @param schedule when snapshots are taken; empty takes none by itself
/// @param retention how many of a prefix and node stay on disk, 0 for all; S3 has a number of its own
/// @param compress whether a snapshot becomes a zip file
/// @param reconcile how often objects are compared with snapshots
/// @param s3 K3s' request form, checked by [EtcdSnapshots#checkS3]; empty keeps none in S3
public record SnapshotPlan(Path directory, String prefix, Optional<CronSchedule> schedule, int retention,
        boolean compress, Duration reconcile, Struct s3) {
}
