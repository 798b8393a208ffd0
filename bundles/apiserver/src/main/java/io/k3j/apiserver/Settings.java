package io.k3j.apiserver;

/// What the operator decides, with K3s' defaults.
@interface Settings {
    /// `--data-dir`; empty: nothing is kept there.
    String dataDir() default "";

    /// `--secrets-encryption`.
    boolean secretsEncryption() default false;

    /// `--advertise-address`; empty: the node's.
    String advertiseAddress() default "";

    /// `--advertise-port`; empty or 0: the listening port.
    String advertisePort() default "";

    /// `--https-listen-port`, the real one.
    String httpsListenPort() default "6443";

    /// `--node-ip`.
    String[] nodeIp() default {};

    /// `--service-cidr`.
    String[] serviceCidr() default {"10.43.0.0/16"};

    /// `--stale-reads`.
    boolean staleReads() default false;

    /// `--kube-apiserver-arg`, as `name=value`.
    String[] kubeApiserverArg() default {};
}
