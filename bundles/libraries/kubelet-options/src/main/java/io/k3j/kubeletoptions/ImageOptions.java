package io.k3j.kubeletoptions;

import io.k3j.componentapi.TimeSource;
import io.k3j.kubeletimages.CredentialProviders;
import io.k3j.kubeletimages.ImageVerification;
import io.k3j.kubeletimages.Images;
import io.k3j.kubeletimages.PulledImages;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.nodeapi.ContainerRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// How images are pulled, by the kubelet's options.
public final class ImageOptions {
    private ImageOptions() {
    }

    /// @throws IOException when it cannot be noted who may have images
    public static Images images(KubeletSettings settings, KubeletOptions options, ContainerRuntime runtime,
            ReferencedObjects references, TimeSource time) throws IOException {
        InstantSource clock = time.monotonic();
        PulledImages access = new PulledImages(options.rootDir(), verification(options), time);
        return new Images(runtime, references, new CredentialProviders(
                Path.of(settings.imageCredentialProviderConfig()), Path.of(settings.imageCredentialProviderBinDir()),
                clock), clock, options.parallelPulls(), RateOptions.pulls(options, clock), Optional.of(access));
    }

    /// Of files: `imagePullCredentialsVerificationPolicy`, `preloadedImagesVerificationAllowlist`.
    static ImageVerification verification(KubeletOptions options) {
        String allowed = options.arguments().getOrDefault("preloaded-images-verification-allowlist", "");
        return ImageVerification.of(
                options.arguments().getOrDefault("image-pull-credentials-verification-policy", ""),
                allowed.isEmpty() ? List.of() : List.of(allowed.split(",")));
    }
}
