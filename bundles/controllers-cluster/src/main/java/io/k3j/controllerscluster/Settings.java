package io.k3j.controllerscluster;

/// What `k3s server` tells this bundle, by K3s' flag names.
@interface Settings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--cluster-cidr`: where nodes' pod ranges are cut from.
    String[] clusterCidr() default {"10.42.0.0/16"};
}
