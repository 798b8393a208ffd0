package io.k3j.etcdmember;

import io.k3j.apimachinery.CronSchedule;
import io.k3j.apimachinery.Durations;
import io.k3j.etcdsnapshots.EtcdSnapshots;
import io.k3j.etcdsnapshots.SnapshotPlan;
import io.k3j.model.Struct;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/// Parses `--etcd-snapshot-*` and `--etcd-s3-*`.
final class SnapshotFlags {
    private SnapshotFlags() {
    }

    /// When and where snapshots are taken.
    /// @throws MemberFault naming the wrong flag
    static SnapshotPlan plan(EtcdMemberSettings settings, EtcdLayout layout) {
        Path directory = settings.etcdSnapshotDir().isEmpty() ? layout.snapshots()
                : Path.of(settings.etcdSnapshotDir()).toAbsolutePath();
        return new SnapshotPlan(directory, settings.etcdSnapshotName(), schedule(settings),
                settings.etcdSnapshotRetention(), settings.etcdSnapshotCompress(), interval(settings), s3(settings));
    }

    private static Optional<CronSchedule> schedule(EtcdMemberSettings settings) {
        String text = settings.etcdSnapshotScheduleCron();
        if (settings.etcdDisableSnapshots() || text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(CronSchedule.parse(text, ZoneId.systemDefault()));
        } catch (IllegalArgumentException e) {
            throw new MemberFault("--etcd-snapshot-schedule-cron " + e.getMessage());
        }
    }

    private static Duration interval(EtcdMemberSettings settings) {
        try {
            return Durations.parse(settings.etcdSnapshotReconcileInterval());
        } catch (IllegalArgumentException e) {
            throw new MemberFault("--etcd-snapshot-reconcile-interval " + e.getMessage());
        }
    }

    /// The flags in the form of K3s' snapshot request, checked; empty without `--etcd-s3`.
    static Struct s3(EtcdMemberSettings settings) {
        if (!settings.etcdS3()) {
            return Struct.EMPTY;
        }
        Struct request = Struct.builder().put("endpoint", settings.etcdS3Endpoint())
                .put("endpointCA", settings.etcdS3EndpointCa()).put("skipSSLVerify", settings.etcdS3SkipSslVerify())
                .put("accessKey", settings.etcdS3AccessKey()).put("secretKey", settings.etcdS3SecretKey())
                .put("sessionToken", settings.etcdS3SessionToken()).put("bucket", settings.etcdS3Bucket())
                .put("bucketLookup", settings.etcdS3BucketLookupType()).put("region", settings.etcdS3Region())
                .put("folder", settings.etcdS3Folder()).put("insecure", settings.etcdS3Insecure())
                .put("timeout", settings.etcdS3Timeout()).put("proxy", settings.etcdS3Proxy())
                .put("retention", settings.etcdS3Retention()).build();
        if (!settings.etcdS3ConfigSecret().isEmpty()) {
            return request.with("configSecret", settings.etcdS3ConfigSecret());
        }
        try {
            EtcdSnapshots.checkS3(request);
        } catch (IllegalArgumentException e) {
            throw new MemberFault(String.valueOf(e.getMessage()));
        }
        return request;
    }
}
