package io.k3j.imageregistries;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// What a client asks a registry for, checked: nothing in it can lead anywhere else as a part of a path, a header or a
/// query. Immutable. See <https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull>.
///
/// @param registry as in an image's name
/// @param repository the name within the registry
/// @param manifest whether it is a manifest, else a blob
/// @param reference tag or digest
public record ImageRequest(String registry, String repository, boolean manifest, String reference) {
    private static final String NAMESPACE = "ns=";
    private static final String MANIFESTS = "manifests/";
    private static final String BLOBS = "blobs/";

    /// Reads a path and a query.
    ///
    /// @param path behind the root, as `library/busybox/manifests/1`
    /// @param query has to name the registry, as `ns=docker.io`, which containerd says to whoever is not the registry
    /// @return empty for what is no request of an image
    public static Optional<ImageRequest> of(String path, String query) {
        Optional<List<String>> parts = RelayRequest.parts(path);
        return registry(query).flatMap(registry -> parts.map(p -> {
            boolean manifest = p.get(1).startsWith(MANIFESTS);
            String reference = p.get(1).substring(manifest ? MANIFESTS.length() : BLOBS.length());
            return new ImageRequest(registry, p.get(0), manifest, reference);
        }));
    }

    /// The registry that a query names.
    static Optional<String> registry(String query) {
        return List.of(query.split("&")).stream().filter(p -> p.startsWith(NAMESPACE))
                .map(p -> decoded(p.substring(NAMESPACE.length())))
                .filter(r -> !r.isEmpty() && r.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c)
                        || ".-_:[]".indexOf(c) >= 0))
                .findFirst();
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return "";
        }
    }

    /// Path and query, to be put behind a root and a slash.
    public String target() {
        return repository + "/" + (manifest ? MANIFESTS : BLOBS) + reference + "?" + NAMESPACE + registry;
    }

    /// Whether the reference is a digest, else a tag.
    public boolean digest() {
        return reference.indexOf(':') >= 0;
    }

    /// Registry and repository.
    public String name() {
        return registry + "/" + repository;
    }
}
