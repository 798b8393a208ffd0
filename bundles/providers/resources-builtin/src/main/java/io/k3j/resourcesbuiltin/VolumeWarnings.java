package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Quantity;
import io.k3j.corevalidation.OldNodeLabels;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Upstream's `GetWarningsForPersistentVolume` and `GetWarningsForPersistentVolumeClaim`. Pure.
final class VolumeWarnings {
    /// The name of a class, before there was a field for it.
    static final String CLASS = "volume.beta.kubernetes.io/storage-class";
    private static final String OPTIONS = "volume.beta.kubernetes.io/mount-options";
    private static final String TERMS = "spec.nodeAffinity.required.nodeSelectorTerms";
    private static final Map<String, String> SOURCES = sources();

    private VolumeWarnings() {
    }

    /// Since when a source is deprecated, and since when nothing mounts it; in upstream's order.
    private static Map<String, String> sources() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("cephfs", "deprecated in v1.28, non-functional in v1.31+");
        all.put("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+");
        all.put("scaleIO", "deprecated in v1.16, non-functional in v1.22+");
        all.put("storageos", "deprecated in v1.22, non-functional in v1.25+");
        all.put("glusterfs", "deprecated in v1.25, non-functional in v1.26+");
        all.put("rbd", "deprecated in v1.28, non-functional in v1.31+");
        return all;
    }

    /// Of a PersistentVolume.
    static List<String> of(Struct volume) {
        Struct spec = volume.struct("spec");
        List<String> all = new ArrayList<>(ofClass(volume));
        if (volume.struct("metadata").struct("annotations").has(OPTIONS)) {
            all.add("metadata.annotations[" + OPTIONS
                    + "]: deprecated since v1.31; use \"mountOptions\" attribute instead");
        }
        if (spec.text("persistentVolumeReclaimPolicy").equals("Recycle")) {
            all.add("spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the"
                    + " recommended approach is to use dynamic provisioning.");
        }
        List<Struct> terms = spec.struct("nodeAffinity").struct("required").seq("nodeSelectorTerms").structs();
        for (int i = 0; i < terms.size(); i++) {
            all.addAll(OldNodeLabels.warnings(terms.get(i), TERMS + "[" + i + "]"));
        }
        SOURCES.keySet().stream().filter(spec::has).findFirst().ifPresent(source -> all.add("spec."
                + (source.equals("storageos") ? "storageOS" : source) + ": " + SOURCES.get(source)));
        return all;
    }

    private static List<String> ofClass(Struct object) {
        return object.struct("metadata").struct("annotations").has(CLASS) ? List.of("metadata.annotations[" + CLASS
                + "]: deprecated since v1.8; use \"storageClassName\" attribute instead") : List.of();
    }

    /// Of a PersistentVolumeClaim.
    static List<String> ofClaim(Struct claim) {
        List<String> all = new ArrayList<>(ofClass(claim));
        Struct resources = claim.struct("spec").struct("resources");
        for (String field : List.of("requests", "limits")) {
            fraction(resources.struct(field).get("storage"), "spec.resources." + field + "[storage]", all);
        }
        return all;
    }

    private static void fraction(@Nullable Object value, String field, List<String> to) {
        try {
            Quantity amount = Quantity.of(value);
            if (amount.amount().stripTrailingZeros().scale() > 0) {
                to.add(field + ": fractional byte value \"" + amount + "\" is invalid, must be an integer");
            }
        } catch (IllegalArgumentException e) {
            // nobody looks at limits
        }
    }
}
