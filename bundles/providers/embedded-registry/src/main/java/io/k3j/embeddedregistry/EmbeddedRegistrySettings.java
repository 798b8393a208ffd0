package io.k3j.embeddedregistry;

/// The settings of this bundle: K3s' flags in camel case, with K3s' defaults.
@interface EmbeddedRegistrySettings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--node-name`.
    String nodeName() default "localhost";

    /// `--embedded-registry` of the servers.
    boolean embeddedRegistry() default false;

    /// `--container-runtime-endpoint`: with another runtime nothing is shared.
    String containerRuntimeEndpoint() default "";

    /// `--private-registry`.
    String privateRegistry() default "/etc/rancher/k3s/registries.yaml";

    /// `--flannel-external-ip`: nodes are reached by their external addresses.
    boolean flannelExternalIp() default false;

    /// The directory of containerd's socket; K3s has no flag for it.
    String runtimeDir() default "/run/k3s/containerd";
}
