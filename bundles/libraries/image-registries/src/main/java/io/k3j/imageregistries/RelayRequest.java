package io.k3j.imageregistries;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What containerd asks: one manifest or blob, by the distribution specification
/// (<https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull>). Immutable.
///
/// @param method GET or HEAD
/// @param registry whose image it is
/// @param repository as in the image's name
/// @param rest as `manifests/1.0` or `blobs/sha256:…`
/// @param headers those that are passed on, names in small letters
/// @param authorization what containerd shows for a pod, if anything
record RelayRequest(String method, String registry, String repository, String rest, Map<String, String> headers,
        Optional<String> authorization) {
    private static final int MAX_NAME = 255;
    private static final int MAX_REFERENCE = 255;
    private static final List<String> KINDS = List.of("/manifests/", "/blobs/");

    /// The parts of a path: repository and rest.
    ///
    /// @param path behind `/v2/`
    /// @return empty for what is nothing of the specification
    static Optional<List<String>> parts(String path) {
        for (String kind : KINDS) {
            int at = path.lastIndexOf(kind);
            if (at > 0) {
                String repository = path.substring(0, at);
                String reference = path.substring(at + kind.length());
                return repository(repository) && reference(reference)
                        ? Optional.of(List.of(repository, kind.substring(1) + reference)) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /// Whether this can be the name of a repository; then it cannot lead anywhere else in a URL.
    static boolean repository(String text) {
        return !text.isEmpty() && text.length() <= MAX_NAME
                && text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
                        || "._-/".indexOf(c) >= 0)
                && List.of(text.split("/", -1)).stream().noneMatch(s -> s.isEmpty() || s.equals(".") || s.equals(".."));
    }

    private static boolean reference(String text) {
        return !text.isEmpty() && text.length() <= MAX_REFERENCE && !text.startsWith(".")
                && text.chars().allMatch(c -> Character.isLetterOrDigit(c) && c < 128 || "._-:+".indexOf(c) >= 0);
    }

    boolean manifest() {
        return rest.startsWith("manifests/");
    }

    String place() {
        return registry + "/" + repository;
    }
}
