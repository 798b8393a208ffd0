package io.k3j.volumeapi;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Optional;

/// A volume that a pod is to have.
///
/// @param pod whose volume it is
/// @param name in the pod
/// @param source with the field `csi`: the pod's volume, or the `spec` of a PersistentVolume
/// @param persistentVolume whose source it is; empty for one that is the pod's own
/// @param claim that is bound to the PersistentVolume
/// @param readOnly whether the pod may only read it
public record VolumeRequest(Obj pod, String name, Struct source, String persistentVolume, Optional<Obj> claim,
        boolean readOnly) {
    /// As the kubelet calls the volume on the disk: by its PersistentVolume, or by its name in the pod.
    public String diskName() {
        return persistentVolume.isEmpty() ? name : persistentVolume;
    }
}
