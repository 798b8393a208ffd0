package io.k3j.kubelet;

/// The settings of this bundle: K3s' flags in camel case, with K3s' defaults.
@interface Settings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--node-name`; empty: the host's name in lower case.
    String nodeName() default "";

    /// `--node-ip`.
    String[] nodeIp() default {};

    /// `--node-external-ip`.
    String[] nodeExternalIp() default {};

    /// `--node-label`, set when the node is registered.
    String[] nodeLabel() default {};

    /// `--node-taint`, set when the node is registered.
    String[] nodeTaint() default {};

    /// `--cluster-dns`.
    String[] clusterDns() default {"10.43.0.10"};

    /// `--cluster-domain`.
    String clusterDomain() default "cluster.local";

    /// `--resolv-conf`.
    String resolvConf() default "";

    /// The command and its arguments, without secrets.
    String[] nodeArgs() default {};

    /// The variables `K3S_…` it was started with, as `NAME=value`, without secrets.
    String[] nodeEnv() default {};

    /// `--kubelet-arg`, as `name=value`.
    String[] kubeletArg() default {};

    /// The kubelet's port.
    String kubeletPort() default "10250";

    /// `--disable-cloud-controller`; then nobody waits for a provider's word on the node.
    boolean disableCloudController() default false;

    /// Whether this process serves the API too: such a node carries the control-plane role.
    boolean controlPlane() default true;
}
