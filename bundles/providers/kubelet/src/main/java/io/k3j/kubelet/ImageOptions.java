package io.k3j.kubelet;

import io.k3j.kubeletimages.CredentialProviders;
import io.k3j.kubeletimages.Images;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.nodeapi.ContainerRuntime;
import java.nio.file.Path;
import java.time.InstantSource;

/// How images are pulled, by the kubelet's options.
final class ImageOptions {
    private ImageOptions() {
    }

    /// @param clock the monotonic clock
    static Images images(KubeletSettings settings, KubeletOptions options, ContainerRuntime runtime,
            ReferencedObjects references, InstantSource clock) {
        return new Images(runtime, references, new CredentialProviders(
                Path.of(settings.imageCredentialProviderConfig()), Path.of(settings.imageCredentialProviderBinDir()),
                clock), clock, options.parallelPulls(), RateOptions.pulls(options, clock));
    }
}
