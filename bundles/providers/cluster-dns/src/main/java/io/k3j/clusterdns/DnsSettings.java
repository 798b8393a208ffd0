package io.k3j.clusterdns;

/// The settings of this bundle, by K3s' flags.
@interface DnsSettings {
    /// `--node-name`.
    String nodeName() default "localhost";

    /// `--node-ip`.
    String[] nodeIp() default {};

    /// `--cluster-dns`.
    String[] clusterDns() default {"10.43.0.10"};

    /// `--cluster-domain`.
    String clusterDomain() default "cluster.local";

    /// `--cluster-cidr`.
    String[] clusterCidr() default {"10.42.0.0/16"};

    /// `--flannel-backend`.
    String flannelBackend() default "vxlan";

    /// `--disable`.
    String[] disable() default {};

    /// `--resolv-conf`.
    String resolvConf() default "";
}
