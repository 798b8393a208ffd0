/// `rancher.io/local-path`: makes a local volume for a claim on the node the scheduler has chosen, and deletes it when
/// it is released, as the local-path-provisioner that K3s packages; without a pod, by asking the node itself. See
/// <https://docs.k3s.io/storage#setting-up-the-local-storage-provider>.
///
/// | reads | writes |
/// |---|---|
/// | claims, volumes, classes, nodes, `kube-system/local-path-config` | its PersistentVolumes, Events; directories |
///
/// ```
///   claim ──────────────► VolumePlan ──► NodeDirectories.make ──► PersistentVolume
///   released volume   ──► VolumePlace ──► NodeDirectories.delete ──► gone
/// ```
@NullMarked
package io.k3j.localstorage;

import org.jspecify.annotations.NullMarked;
