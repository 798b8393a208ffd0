package io.k3j.ingress;

/// The settings of this bundle, by K3s' flags.
@interface IngressSettings {
    /// `--node-name`.
    String nodeName() default "localhost";

    /// `--node-ip`.
    String[] nodeIp() default {};

    /// `--disable-agent`.
    boolean disableAgent() default false;

    /// `--flannel-backend`.
    String flannelBackend() default "vxlan";
}
