package io.k3j.encryptionproviders;

import io.k3j.encryption.RowProvider;
import java.util.List;

/// One entry of the file: how some resources are encrypted. Immutable.
/// @param providers the first one writes, all read
record ResourceEntry(List<GroupResource> resources, List<RowProvider> providers) {
}
