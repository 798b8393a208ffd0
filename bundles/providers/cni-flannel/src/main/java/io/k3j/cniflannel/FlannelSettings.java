package io.k3j.cniflannel;

/// The settings of this bundle, by K3s' flags.
@interface FlannelSettings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--node-name`.
    String nodeName() default "localhost";

    /// `--node-ip`.
    String[] nodeIp() default {};

    /// `--node-external-ip`.
    String[] nodeExternalIp() default {};

    /// `--cluster-cidr`.
    String[] clusterCidr() default {"10.42.0.0/16"};

    /// `--flannel-backend`.
    String flannelBackend() default "vxlan";

    /// `tailscale` on a node with `--vpn-auth`: the backend of this node, in place of `--flannel-backend`.
    String vpn() default "";

    /// `--flannel-iface`.
    String flannelIface() default "";

    /// `--flannel-conf`: a file with flannel's configuration, in place of `--flannel-backend`.
    String flannelConf() default "";

    /// `--flannel-cni-conf`: a file to use instead of the generated CNI configuration.
    String flannelCniConf() default "";

    /// `--flannel-external-ip`.
    boolean flannelExternalIp() default false;

    /// `--flannel-ipv6-masq`.
    boolean flannelIpv6Masq() default false;
}
