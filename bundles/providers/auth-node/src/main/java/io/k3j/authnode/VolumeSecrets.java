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

    /// Of a volume for a claim: none, unless the volume says that it is bound to that, since anybody may write a claim
    /// that names it.
    static Set<Key> of(Obj volume, Key claim) {
        Struct reference = volume.spec().struct("claimRef");
        if (!claim.equals(new Key(reference.text("namespace"), reference.text("name")))) {
            return Set.of();
        }
        Set<Key> all = new HashSet<>();
        CSI.forEach(field -> add(all, volume.spec().struct("csi").struct(field), claim));
        OTHERS.forEach(kind -> add(all, volume.spec().struct(kind).struct("secretRef"), claim));
        return all;
    }

    private static void add(Set<Key> all, Struct secret, Key claim) {
        if (!secret.text("name").isEmpty()) {
            all.add(new Key(secret.text("namespace", claim.namespace()), secret.text("name")));
        }
    }
}
