package io.k3j.volumeapi;

import io.k3j.clientapi.ApiClient;
import java.nio.file.Path;

/// The kubelet that volumes are made for.
///
/// @param root its directory, `/var/lib/kubelet`; absolute
/// @param node the name of its Node
/// @param api as the node; calls fail with 503 while there is no API server
public record VolumeHost(Path root, String node, ApiClient api) {
}
