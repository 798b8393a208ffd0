package io.k3j.resourcesbuiltin;

import io.k3j.corevalidation.CsiProblems;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;

/// What can be wrong with a PersistentVolume's spec that stands in a VolumeAttachment, as upstream's
/// `ValidatePersistentVolumeSpec` for inline volumes: it is of a CSI driver, and nothing binds or releases it. Pure.
final class InlineVolumeProblems {
    private static final String CONTEXT = " in the context of inline volumes";
    private static final String POLICY = "persistentVolumeReclaimPolicy";
    private static final String VOLUME_MODE = "volumeMode";

    private InlineVolumeProblems() {
    }

    /// Checks the spec at its place.
    static void check(Struct spec, Problems p) {
        absent(spec.has("claimRef"), "claimRef", p);
        absent(!spec.struct("capacity").isEmpty(), "capacity", p);
        if (!spec.has("csi")) {
            p.at("csi").required("has to be specified" + CONTEXT);
        }
        VolumeRules.modes(spec.seq("accessModes"), p.at("accessModes"));
        if (!spec.text(POLICY, "Retain").equals("Retain")) {
            p.at(POLICY).forbidden("may only be Retain" + CONTEXT);
        }
        absent(spec.has("nodeAffinity"), "nodeAffinity", p);
        if (spec.has("csi")) {
            CsiProblems.persistentVolume(spec.struct("csi"), p.at("csi"));
        }
        absent(!spec.text("storageClassName").isEmpty(), "storageClassName", p);
        if (!spec.text(VOLUME_MODE, "Filesystem").equals("Filesystem")) {
            p.at(VOLUME_MODE).forbidden("may not specify volumeMode other than Filesystem" + CONTEXT);
        }
    }

    private static void absent(boolean there, String field, Problems p) {
        if (there) {
            p.at(field).forbidden("may not be specified" + CONTEXT);
        }
    }
}
