package io.k3j.authtokens;

/// What K3s' flags say, by their names in camel case.
@interface Settings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--cluster-domain`.
    String clusterDomain() default "cluster.local";

    /// `--advertise-address`.
    String advertiseAddress() default "127.0.0.1";

    /// The port the API server answers on.
    String httpsListenPort() default "6443";
}
