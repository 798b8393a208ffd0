package io.k3j.schedulercache;

import io.k3j.model.Obj;
import java.util.List;
import java.util.Optional;

/// Lookup of what CSI drivers tell of themselves, their nodes and their storage.
public interface CsiObjects {
    /// A cluster without drivers.
    CsiObjects NONE = new CsiObjects() {
        @Override
        public Optional<Obj> node(String node) {
            return Optional.empty();
        }

        @Override
        public Optional<Obj> driver(String name) {
            return Optional.empty();
        }

        @Override
        public List<Obj> capacities(String storageClass) {
            return List.of();
        }

        @Override
        public List<Obj> attachments(String node) {
            return List.of();
        }
    };

    /// The CSINode of a node.
    Optional<Obj> node(String node);

    /// A CSIDriver.
    Optional<Obj> driver(String name);

    /// All CSIStorageCapacities of a storage class.
    List<Obj> capacities(String storageClass);

    /// All VolumeAttachments of a node.
    List<Obj> attachments(String node);
}
