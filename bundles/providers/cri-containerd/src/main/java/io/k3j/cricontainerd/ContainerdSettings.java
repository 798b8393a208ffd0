package io.k3j.cricontainerd;

/// The settings of this bundle: K3s' flags in camel case, with K3s' defaults.
@interface ContainerdSettings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--container-runtime-endpoint`: an external runtime; empty for the supervised containerd.
    String containerRuntimeEndpoint() default "";

    /// `--image-service-endpoint`: who is asked for images in place of the runtime; empty for the runtime.
    String imageServiceEndpoint() default "";

    /// `--kubelet-arg`, as `name=value`: how long calls of the runtime may take.
    String[] kubeletArg() default {};

    /// `--snapshotter`.
    String snapshotter() default "overlayfs";

    /// `--pause-image`; K3s' default value selects the shipped image.
    String pauseImage() default "";

    /// `--private-registry`.
    String privateRegistry() default "/etc/rancher/k3s/registries.yaml";

    /// `--default-runtime`.
    String defaultRuntime() default "runc";

    /// `--system-default-registry` of the servers: imported images are there, too, and so is another pause image.
    String systemDefaultRegistry() default "";

    /// `--airgap-extra-registry`: imported images are there, too.
    String[] airgapExtraRegistry() default {};

    /// `--bind-address`: where the node's port listens.
    String bindAddress() default "0.0.0.0";

    /// The node's port.
    String kubeletPort() default "10250";

    /// `--disable-default-registry-endpoint`.
    boolean disableDefaultRegistryEndpoint() default false;

    /// `--embedded-registry`: containerd asks the cluster's other nodes first.
    boolean embeddedRegistry() default false;

    /// `--selinux`.
    boolean selinux() default false;

    /// `--flannel-backend`: with `none` the plug-ins and configurations of another pod network are where containerd
    /// looks for them by itself.
    String flannelBackend() default "vxlan";

    /// `--cluster-domain`: no proxy is asked for names below it.
    String clusterDomain() default "cluster.local";

    /// `--cluster-cidr`: no proxy is asked for its addresses.
    String[] clusterCidr() default {};

    /// `--service-cidr`, in the same way.
    String[] serviceCidr() default {};

    /// `--nonroot-devices`.
    boolean nonrootDevices() default false;

    /// The directory of the socket and the volatile state; K3s has no flag for it.
    String runtimeDir() default "/run/k3s/containerd";

    /// The directory of the distribution's image archives; empty for `images` beside the program.
    String shippedImages() default "";
}
