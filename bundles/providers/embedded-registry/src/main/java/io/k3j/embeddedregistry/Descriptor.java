package io.k3j.embeddedregistry;

import io.k3j.model.Struct;

/// What content is: "Content Descriptors" of the OCI image specification. Immutable.
///
/// @param mediaType how it is read
/// @param digest as `sha256:…`
record Descriptor(String mediaType, String digest) {
    static final Descriptor NONE = new Descriptor("", "");

    static Descriptor of(Struct descriptor) {
        return new Descriptor(descriptor.text("mediaType"), descriptor.text("digest"));
    }

    /// Whether it lists manifests, one for each platform.
    boolean index() {
        return mediaType.endsWith(".image.index.v1+json") || mediaType.endsWith(".manifest.list.v2+json");
    }

    /// Whether it is a manifest, or an index.
    boolean manifest() {
        return index() || mediaType.endsWith(".image.manifest.v1+json")
                || mediaType.endsWith(".distribution.manifest.v2+json");
    }
}
