package io.k3j.kubeletvolumes;

/// Part of a volume that a container mounts, as upstream's `subpath.Subpath`. It names the place
/// `volume-subpaths/<volume>/<container>/<index>`, so two mounts of one container never share one.
///
/// @param path in the volume, with its expressions expanded; empty for all of it
/// @param volume its name in the pod
/// @param container whose mount it is
/// @param index of the mount among the container's
public record Subpath(String path, String volume, String container, int index) {
}
