package io.k3j.etcdmember;

/// The flags that decide about the managed etcd. Names and defaults are K3s'.
@interface Settings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--node-name`.
    String nodeName() default "localhost";

    /// `--node-ip`; the first one is where the other members find this one.
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
}
