package io.k3j.addondeployer;

/// The settings of this bundle, by K3s' flags.
@interface AddonSettings {
    /// `--data-dir`.
    String dataDir();

    /// `--node-name`.
    String nodeName() default "localhost";

    /// `--disable`.
    String[] disable() default {};

    /// Manifests of this distribution, files without suffix and subdirectories, that are wanted.
    String[] packagedManifests() default {};

    /// Features of this distribution that have manifests and are not wanted, by whatever flag.
    String[] withdrawnManifests() default {};
}
