package io.k3j.helmcontroller;

/// The flags of the Helm controller, with K3s' names and defaults.
@interface HelmSettings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--https-listen-port`.
    int httpsListenPort() default 6443;

    /// `--helm-job-image`, for which there is no use.
    String helmJobImage() default "";

    /// `--helm-controller-arg`: `default-job-image` and `job-resources`, for which there is no use either.
    String[] helmControllerArg() default {};
}
