package io.k3j.cricontainerd;

/// The settings of this bundle: K3s' flags in camel case, with K3s' defaults.
@interface Settings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--container-runtime-endpoint`: a runtime of somebody else; empty for our own containerd.
    String containerRuntimeEndpoint() default "";

    /// `--snapshotter`.
    String snapshotter() default "overlayfs";

    /// `--pause-image`; K3s' default means the one that is shipped.
    String pauseImage() default "";

    /// `--private-registry`.
    String privateRegistry() default "/etc/rancher/k3s/registries.yaml";

    /// `--default-runtime`.
    String defaultRuntime() default "runc";

    /// `--disable-default-registry-endpoint`.
    boolean disableDefaultRegistryEndpoint() default false;

    /// `--selinux`.
    boolean selinux() default false;

    /// `--nonroot-devices`.
    boolean nonrootDevices() default false;

    /// Where the socket and the volatile state go; K3s has no flag for it.
    String runtimeDir() default "/run/k3s/containerd";

    /// Where image archives of the distribution lie; empty: `images` beside the program.
    String shippedImages() default "";
}
