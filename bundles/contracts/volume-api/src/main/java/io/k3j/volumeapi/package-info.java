/// Volumes of pods that programs of others make on this node, as CSI drivers do, seen by the kubelet: it opens
/// [VolumeDrivers] once, asks [DriverVolumes] for volume after volume, and gives back those of a pod that has ended.
@Export
@Version("1.1.0")
@NullMarked
package io.k3j.volumeapi;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
