package io.k3j.authnode;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The Secrets that a PersistentVolume names for the nodes that use it; upstream's `VisitPVSecretNames`. Those that
/// controllers use alone are not among them. Pure.
final class VolumeSecrets {
    private static final List<String> CSI = List.of("nodeStageSecretRef", "nodePublishSecretRef",
            "nodeExpandSecretRef");
    private static final List<String> OTHERS = List.of("cephfs", "cinder", "flexVolume", "iscsi", "rbd", "scaleIO",
            "storageos");

    private VolumeSecrets() {
    }

    /// Those of a volume. One without a namespace is in that of the claim that the volume belongs to.
    static Set<Key> of(Obj volume) {
        String namespace = volume.spec().struct("claimRef").text("namespace");
        Set<Key> all = new HashSet<>();
        CSI.forEach(field -> add(all, volume.spec().struct("csi").struct(field), namespace));
        OTHERS.forEach(kind -> add(all, volume.spec().struct(kind).struct("secretRef"), namespace));
        return all;
    }

    private static void add(Set<Key> all, Struct secret, String namespace) {
        if (!secret.text("name").isEmpty()) {
            all.add(new Key(secret.text("namespace", namespace), secret.text("name")));
        }
    }
}
