package io.k3j.authtokens;

/// K3s' flags by their names in camel case.
@interface TokenSettings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--cluster-domain`.
    String clusterDomain() default "cluster.local";

    /// `--advertise-address`.
    String advertiseAddress() default "127.0.0.1";

    /// The port of the API server.
    String httpsListenPort() default "6443";

    /// `--kube-apiserver-arg`, as `name=value`: those of service account tokens.
    String[] kubeApiserverArg() default {};
}
