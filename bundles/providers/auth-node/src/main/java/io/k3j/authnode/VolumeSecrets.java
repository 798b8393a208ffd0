package io.k3j.authnode;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;

/// The Secrets that a kubelet needs for a PersistentVolume, as upstream's `VisitPVSecretNames`. Those of a CSI driver's
/// controller are none of its business. Pure.
final class VolumeSecrets {
    private static final List<String> OF_NODES = List.of("nodePublishSecretRef", "nodeStageSecretRef",
            "nodeExpandSecretRef");
    private static final List<String> SOURCES = List.of("cephfs", "flexVolume", "iscsi", "rbd", "scaleIO",
            "storageos");

    private VolumeSecrets() {
    }

    /// Whether a volume is a claim's, as it says itself: a claim can name any volume.
    static boolean belongs(Obj volume, Key claim) {
        Struct owner = volume.spec().struct("claimRef");
        return owner.text("namespace").equals(claim.namespace()) && owner.text("name").equals(claim.name());
    }

    /// Whether a volume needs a Secret on its node. One without a namespace is in the claim's.
    static boolean needs(Obj volume, Key secret) {
        Struct spec = volume.spec();
        String home = spec.struct("claimRef").text("namespace");
        return OF_NODES.stream().anyMatch(f -> is(spec.struct("csi").struct(f), home, secret))
                || SOURCES.stream().anyMatch(s -> is(spec.struct(s).struct("secretRef"), home, secret));
    }

    private static boolean is(Struct reference, String home, Key secret) {
        return !secret.name().isEmpty() && reference.text("name").equals(secret.name())
                && reference.text("namespace", home).equals(secret.namespace());
    }
}
