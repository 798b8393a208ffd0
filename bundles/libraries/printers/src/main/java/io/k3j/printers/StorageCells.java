package io.k3j.printers;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The cells of volumes, claims, classes and drivers.
///
/// | function | column | cell |
/// |---|---|---|
/// | `pv.capacity`, `pvc.capacity` | Capacity | a quantity in its canonical form |
/// | `pv.modes`, `pvc.modes` | Access Modes | as `RWO,ROX` |
/// | `pv.status`, `pvc.status` | Status | the phase, or `Terminating` |
/// | `pv.claim` | Claim | `namespace/name`, empty for a volume nobody claims |
/// | `pv.class`, `pvc.class` | StorageClass | empty for none |
/// | `pv.attributes`, `pvc.attributes`, `pv.mode`, `pvc.mode` | VolumeAttributesClass, VolumeMode | `<unset>` |
/// | `storageclass.name` | Name | marked when it is the default class |
/// | `storageclass.reclaim`, `.binding` | ReclaimPolicy, VolumeBindingMode | the API's default when missing |
/// | `csidriver.attach` | AttachRequired | true unless the driver says no |
/// | `csidriver.tokens`, `.modes` | TokenRequests, Modes | audiences and life cycles |
/// | `capacity.size` | Capacity | of a CSIStorageCapacity, `<unset>` when missing |
/// | `csinode.drivers` | Drivers | how many drivers the node has |
final class StorageCells {
    /// The annotation that named the class before `storageClassName`; it still comes first in both kinds.
    private static final String OLD_CLASS = "volume.beta.kubernetes.io/storage-class";
    /// The short forms that upstream's `GetAccessModesAsString` gives.
    private static final Map<String, String> MODES = Map.of("ReadWriteOnce", "RWO", "ReadOnlyMany", "ROX",
            "ReadWriteMany", "RWX", "ReadWriteOncePod", "RWOP");

    private StorageCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("pv.capacity", (o, now) -> Cells.quantity(o.struct("spec").struct("capacity").get("storage")));
        cells.put("pv.modes", (o, now) -> modes(o.struct("spec").seq("accessModes")));
        cells.put("pv.status", (o, now) -> phase(o));
        cells.put("pv.claim", (o, now) -> claim(o.struct("spec").struct("claimRef")));
        cells.put("pv.class", (o, now) -> className(o));
        cells.put("pv.attributes", (o, now) -> attributes(o.struct("spec")));
        cells.put("pv.mode", (o, now) -> mode(o));
        cells.put("pvc.status", (o, now) -> phase(o));
        cells.put("pvc.capacity", (o, now) -> bound(o)
                ? Cells.quantity(o.struct("status").struct("capacity").get("storage")) : "");
        cells.put("pvc.modes", (o, now) -> bound(o) ? modes(o.struct("status").seq("accessModes")) : "");
        cells.put("pvc.class", (o, now) -> className(o));
        cells.put("pvc.attributes", (o, now) -> attributes(o.struct("spec")));
        cells.put("pvc.mode", (o, now) -> mode(o));
        cells.put("storageclass.name", (o, now) -> Cells.className(o, "storageclass.kubernetes.io/is-default-class",
                "storageclass.beta.kubernetes.io/is-default-class"));
        cells.put("storageclass.reclaim", (o, now) -> o.text("reclaimPolicy", "Delete"));
        cells.put("storageclass.binding", (o, now) -> o.text("volumeBindingMode", "Immediate"));
        cells.put("csidriver.attach", (o, now) -> o.struct("spec").flag("attachRequired", true));
        cells.put("capacity.size", (o, now) -> o.has("capacity") ? Cells.quantity(o.get("capacity")) : "<unset>");
        cells.put("csidriver.tokens", (o, now) -> tokens(o.struct("spec").seq("tokenRequests")));
        cells.put("csidriver.modes",
                (o, now) -> Cells.orNone(String.join(",", o.struct("spec").seq("volumeLifecycleModes").texts())));
        cells.put("csinode.drivers", (o, now) -> (long) o.struct("spec").seq("drivers").size());
    }

    /// Before a claim is bound its capacity and modes are wishes, which the columns do not show.
    private static boolean bound(Struct claim) {
        return !claim.struct("spec").text("volumeName").isEmpty();
    }

    /// A volume in use stays for as long as its finalizer does; the word tells that its deletion waits.
    private static String phase(Struct o) {
        return o.struct("metadata").text("deletionTimestamp").isEmpty() ? o.struct("status").text("phase")
                : "Terminating";
    }

    private static String claim(Struct ref) {
        return ref.isEmpty() ? "" : ref.text("namespace") + "/" + ref.text("name");
    }

    /// The annotation wins, even an empty one.
    private static String className(Struct o) {
        return o.struct("metadata").struct("annotations").text(OLD_CLASS, o.struct("spec").text("storageClassName"));
    }

    private static String attributes(Struct spec) {
        return spec.text("volumeAttributesClassName", "<unset>");
    }

    private static String mode(Struct o) {
        return o.struct("spec").text("volumeMode", "<unset>");
    }

    /// In a fixed order and without doubles, whatever order the object has.
    private static String modes(Seq modes) {
        List<String> present = modes.texts();
        List<String> all = new ArrayList<>();
        for (String mode : List.of("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")) {
            if (present.contains(mode)) {
                all.add(MODES.getOrDefault(mode, mode));
            }
        }
        return String.join(",", all);
    }

    private static String tokens(Seq requests) {
        String all = Cells.joined(requests, "audience");
        return requests.isEmpty() ? "<unset>" : all;
    }
}
