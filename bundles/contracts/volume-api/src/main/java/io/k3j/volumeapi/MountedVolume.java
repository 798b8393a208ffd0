package io.k3j.volumeapi;

import java.nio.file.Path;

/// A volume that a driver has mounted.
///
/// @param path where it lies on the node
/// @param fresh whether it was mounted by this call, and not by an earlier one of the same [DriverVolumes]
/// @param groupIsKubelets whether the kubelet has to give what lies in it to the pod's `fsGroup`
/// @param resizeFailure why it could not be made as large as its PersistentVolume, empty when it is
public record MountedVolume(Path path, boolean fresh, boolean groupIsKubelets, String resizeFailure) {
}
