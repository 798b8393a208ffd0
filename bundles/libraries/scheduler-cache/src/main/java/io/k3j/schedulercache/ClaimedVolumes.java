package io.k3j.schedulercache;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.List;
import java.util.Optional;

/// Lookup of claims, volumes and storage classes, and of what CSI drivers tell.
public interface ClaimedVolumes {
    /// A claim.
    Optional<Obj> claim(Key key);

    /// A volume.
    Optional<Obj> volume(String name);

    /// All volumes of a storage class.
    List<Obj> volumesOf(String storageClass);

    /// A storage class.
    Optional<Obj> storageClass(String name);

    /// What CSI drivers tell.
    default CsiObjects csi() {
        return CsiObjects.NONE;
    }
}
