package io.k3j.etcdmember;

/// The flags of the managed etcd, with K3s' names and defaults.
@interface EtcdMemberSettings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--node-name`.
    String nodeName() default "localhost";

    /// `--node-ip`; the first one is the address of this member for the others.
    String[] nodeIp() default {};

    /// `--server`.
    String server() default "";

    /// `--token`.
    String token() default "";

    /// `--cluster-reset`.
    boolean clusterReset() default false;

    /// `--cluster-reset-restore-path`.
    String clusterResetRestorePath() default "";

    /// `--etcd-arg`.
    String[] etcdArg() default {};

    /// `--etcd-expose-metrics`.
    boolean etcdExposeMetrics() default false;

    /// `--etcd-disable-snapshots`.
    boolean etcdDisableSnapshots() default false;

    /// `--etcd-snapshot-name`.
    String etcdSnapshotName() default "etcd-snapshot";

    /// `--etcd-snapshot-schedule-cron`.
    String etcdSnapshotScheduleCron() default "0 */12 * * *";

    /// `--etcd-snapshot-retention`.
    int etcdSnapshotRetention() default 5;

    /// `--etcd-snapshot-dir`.
    String etcdSnapshotDir() default "";

    /// `--etcd-snapshot-compress`.
    boolean etcdSnapshotCompress() default false;

    /// `--etcd-snapshot-reconcile-interval`.
    String etcdSnapshotReconcileInterval() default "10m";

    /// `--etcd-s3`; the flags below have no effect without it.
    boolean etcdS3() default false;

    /// `--etcd-s3-endpoint`.
    String etcdS3Endpoint() default "";

    /// `--etcd-s3-endpoint-ca`.
    String etcdS3EndpointCa() default "";

    /// `--etcd-s3-skip-ssl-verify`.
    boolean etcdS3SkipSslVerify() default false;

    /// `--etcd-s3-access-key`.
    String etcdS3AccessKey() default "";

    /// `--etcd-s3-secret-key`.
    String etcdS3SecretKey() default "";

    /// `--etcd-s3-session-token`.
    String etcdS3SessionToken() default "";

    /// `--etcd-s3-bucket`.
    String etcdS3Bucket() default "";

    /// `--etcd-s3-bucket-lookup-type`.
    String etcdS3BucketLookupType() default "";

    /// `--etcd-s3-region`.
    String etcdS3Region() default "";

    /// `--etcd-s3-folder`.
    String etcdS3Folder() default "";

    /// `--etcd-s3-retention`.
    int etcdS3Retention() default 5;

    /// `--etcd-s3-proxy`.
    String etcdS3Proxy() default "";

    /// `--etcd-s3-config-secret`.
    String etcdS3ConfigSecret() default "";

    /// `--etcd-s3-insecure`.
    boolean etcdS3Insecure() default false;

    /// `--etcd-s3-timeout`.
    String etcdS3Timeout() default "";
}
