/// Volumes of CSI drivers on a node: the kubelet's part of <https://kubernetes-csi.github.io/docs/>.
///
/// [Csi] is the OSGi component; a `CsiSession` does the work for one kubelet. `PluginWatcher` finds the sockets of
/// drivers' registrars, a `PluginRegistration` each speaks with one. `CsiMounter` and `CsiBlockMapper` stage and
/// publish volumes by `DriverClient`, `NodeExpansion` makes them larger. Who uses a volume is on the disk, where
/// upstream's kubelet has it (`CsiPaths`, `VolumeUses`), so that the next one goes on; `VolumeRecords` makes up for
/// what cannot be read of it.
///
/// | reads | sole writer of |
/// |---|---|
/// | CSIDrivers, VolumeAttachments | its CSINode |
/// | its Node | the annotation `csi.volume.kubernetes.io/nodeid`, topology labels, `status.volumesInUse` of it |
/// | PersistentVolumes, claims and Secrets of its pods' volumes | sizes and conditions of claims that it expands |
/// | `plugins_registry` | `plugins/kubernetes.io/csi`, `pods/*/volumes/kubernetes.io~csi` |
@NullMarked
package io.k3j.csi;

import org.jspecify.annotations.NullMarked;
