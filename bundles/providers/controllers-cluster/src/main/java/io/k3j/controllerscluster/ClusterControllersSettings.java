package io.k3j.controllerscluster;

/// The settings of this bundle, by K3s' flag names.
@interface ClusterControllersSettings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--cluster-cidr`: the ranges from which nodes get their pod CIDRs.
    String[] clusterCidr() default {"10.42.0.0/16"};

    /// `--cluster-dns`.
    String[] clusterDns() default {"10.43.0.10"};

    /// `--kube-controller-manager-arg`, as `name=value`; `cluster-signing-duration`,
    /// `disable-force-detach-on-timeout`, `terminated-pod-gc-threshold`, `feature-gates`,
    /// `legacy-service-account-token-clean-up-period`, `max-endpoints-per-slice`, those of [NodeMonitoring] and of
    /// [NodeIpam] are known here.
    String[] kubeControllerManagerArg() default {};

    /// `--disable`.
    String[] disable() default {};
}
