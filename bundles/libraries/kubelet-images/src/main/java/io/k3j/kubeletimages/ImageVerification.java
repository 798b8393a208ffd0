package io.k3j.kubeletimages;

import io.k3j.imageregistries.ImageName;
import java.util.List;

/// Whether a pod has to show that it may pull an image that is on the node, by `imagePullCredentialsVerificationPolicy`
/// and `preloadedImagesVerificationAllowlist`. A value. See
/// <https://kubernetes.io/docs/concepts/containers/images/#ensureimagepullcredentialverification>.
///
/// @param policy which images
/// @param allowed names of images without tags, or of registries and repositories with `/*` at the end
public record ImageVerification(Policy policy, List<String> allowed) {
    private static final String BELOW = "/*";

    /// Copies the list.
    public ImageVerification {
        allowed = List.copyOf(allowed);
    }

    /// Upstream's policies.
    public enum Policy {
        /// Whoever names an image has it.
        NEVER("NeverVerify"),
        /// The same for images that no kubelet has pulled.
        PULLED("NeverVerifyPreloadedImages"),
        /// The same for the images of the list.
        OTHERS("NeverVerifyAllowlistedImages"),
        /// Each image, however it came.
        ALWAYS("AlwaysVerify");

        private final String word;

        Policy(String word) {
            this.word = word;
        }

        /// As the field has it.
        @Override
        public String toString() {
            return word;
        }
    }

    /// Reads the fields.
    ///
    /// @param policy empty for upstream's default
    /// @throws IllegalArgumentException for what is none, or a list that no policy looks at
    public static ImageVerification of(String policy, List<String> allowed) {
        Policy known = policy.isEmpty() ? Policy.PULLED : List.of(Policy.values()).stream()
                .filter(p -> p.word.equals(policy)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("invalid configuration: unknown image pull credential"
                        + " verification policy: " + policy + "; imagePullCredentialsVerificationPolicy must be one of "
                        + List.of(Policy.values())));
        if (known != Policy.OTHERS && !allowed.isEmpty()) {
            throw new IllegalArgumentException("invalid configuration: can't set"
                    + " `preloadedImagesVerificationAllowlist` if `imagePullCredentialsVerificationPolicy` is not"
                    + " \"NeverVerifyAllowlistedImages\"");
        }
        allowed.forEach(ImageVerification::check);
        return new ImageVerification(known, allowed);
    }

    private static void check(String pattern) {
        String why = problem(pattern);
        if (!why.isEmpty()) {
            throw new IllegalArgumentException(
                    "invalid configuration: preloadedImagesVerificationAllowlist: " + why + ": " + pattern);
        }
    }

    /// Empty when it is fine.
    private static String problem(String pattern) {
        boolean wildcard = pattern.endsWith(BELOW);
        String name = wildcard ? pattern.substring(0, pattern.length() - BELOW.length()) : pattern;
        if (!pattern.equals(pattern.strip())) {
            return "leading/trailing spaces are not allowed";
        }
        if (name.isEmpty()) {
            return "at least registry hostname is required";
        }
        if (name.contains("*")) {
            return "not a valid wildcard pattern, only patterns ending with '/*' are allowed";
        }
        return wildcard || ImageName.parse(name).place().equals(name) ? "" : "neither tag nor digest is accepted in an"
                + " image reference, which is written in full as docker.io/library/busybox";
    }

    /// Whether a pod has to show it.
    /// @param pulled whether a kubelet has pulled the image, or has begun to
    boolean required(ImageName image, boolean pulled) {
        return switch (policy) {
            case NEVER -> false;
            case PULLED -> pulled;
            case OTHERS -> allowed.stream().noneMatch(pattern -> matches(pattern, image.place()));
            case ALWAYS -> true;
        };
    }

    private static boolean matches(String pattern, String place) {
        return pattern.endsWith(BELOW) ? place.startsWith(pattern.substring(0, pattern.length() - 1))
                : place.equals(pattern);
    }
}
