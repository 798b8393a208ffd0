package io.k3j.cricontainerd;

import java.nio.file.Path;
import java.util.Optional;

/// Where the two services of CRI listen.
///
/// @param runtime the unix socket of `RuntimeService`
/// @param images that of `ImageService`; the same one unless `--image-service-endpoint` names another
record CriEndpoints(Path runtime, Path images) {
    private static final String SCHEME = "unix://";

    /// Those that the settings name.
    /// @param supervised the socket of the supervised containerd
    static CriEndpoints of(ContainerdSettings settings, Path supervised) {
        Path runtime = socket(settings.containerRuntimeEndpoint()).orElse(supervised);
        return new CriEndpoints(runtime, socket(settings.imageServiceEndpoint()).orElse(runtime));
    }

    /// Whether whoever runs containers is asked for images, too.
    boolean shared() {
        return runtime.equals(images);
    }

    /// The configuration by which `crictl` asks the same services.
    String crictl() {
        return "runtime-endpoint: " + SCHEME + runtime + "\n"
                + (shared() ? "" : "image-endpoint: " + SCHEME + images + "\n");
    }

    private static Optional<Path> socket(String url) {
        return url.isEmpty() ? Optional.empty()
                : Optional.of(Path.of(url.startsWith(SCHEME) ? url.substring(SCHEME.length()) : url));
    }
}
