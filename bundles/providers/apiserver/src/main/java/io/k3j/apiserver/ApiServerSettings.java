package io.k3j.apiserver;

/// The settings of the API server, with K3s' defaults.
@interface ApiServerSettings {
    /// `--data-dir`; empty when nothing is stored there.
    String dataDir() default "";

    /// `--secrets-encryption`.
    boolean secretsEncryption() default false;

    /// `--advertise-address`; empty for the node's address.
    String advertiseAddress() default "";

    /// `--advertise-port`; empty or 0 for the listening port.
    String advertisePort() default "";

    /// `--https-listen-port`, the actual one.
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
