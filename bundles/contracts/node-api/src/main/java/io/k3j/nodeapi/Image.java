package io.k3j.nodeapi;

import java.util.List;
import java.util.OptionalLong;

/// An image on this node.
///
/// @param id digest of its configuration
/// @param tags full names with a tag
/// @param digests full names with a digest; empty for one that others have imported
/// @param sizeBytes what it takes, as the runtime tells
/// @param uid the numeric user it wants to run as
/// @param username the user it wants to run as by name, else empty
/// @param pinned whether it must not be collected
public record Image(String id, List<String> tags, List<String> digests, long sizeBytes, OptionalLong uid,
        String username, boolean pinned) {
    /// Copies the lists.
    public Image {
        tags = List.copyOf(tags);
        digests = List.copyOf(digests);
    }
}
