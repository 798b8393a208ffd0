package io.k3j.kubeletoptions;

/// The settings of the bundle `io.k3j.kubelet`: K3s' flags in camel case, with K3s' defaults.
public @interface KubeletSettings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--node-name`; empty for the host's name in lower case.
    String nodeName() default "";

    /// `--node-ip`.
    String[] nodeIp() default {};

    /// `--node-external-ip`.
    String[] nodeExternalIp() default {};

    /// `--node-internal-dns`.
    String[] nodeInternalDns() default {};

    /// `--node-external-dns`.
    String[] nodeExternalDns() default {};

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

    /// The variables `K3S_…` of the process, as `NAME=value`, without secrets.
    String[] nodeEnv() default {};

    /// `--kubelet-arg`, as `name=value`.
    String[] kubeletArg() default {};

    /// `--image-credential-provider-bin-dir`.
    String imageCredentialProviderBinDir() default "/var/lib/rancher/credentialprovider/bin";

    /// `--image-credential-provider-config`.
    String imageCredentialProviderConfig() default "/var/lib/rancher/credentialprovider/config.yaml";

    /// The kubelet's port.
    String kubeletPort() default "10250";

    /// `--disable-cloud-controller`: no cloud provider initializes the node.
    boolean disableCloudController() default false;

    /// `--egress-selector-mode` of the cluster.
    String egressSelectorMode() default "agent";

    /// Whether this process also serves the API: such a node has the control-plane role.
    boolean controlPlane() default true;
}
