package io.k3j.resourcequota;

import io.k3j.apimachinery.Quantity;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What PersistentVolumeClaims use: themselves and their storage, in all and by storage class.
record ClaimEvaluator() implements Evaluator {
    private static final String COUNT = "count/persistentvolumeclaims";
    private static final String CLAIMS = "persistentvolumeclaims";
    private static final String STORAGE = "requests.storage";
    private static final String CLASS = ".storageclass.storage.k8s.io/";
    private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

    /// Claims grow, and come to use another class of volume attributes by what their status says.
    @Override
    public boolean handles(Write write, Struct object) {
        return switch (write.subresource()) {
            case "" -> write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE;
            case "status" -> write.before().filter(b -> replenishes(b, object)).isPresent();
            default -> false;
        };
    }

    private static boolean replenishes(Struct before, Struct after) {
        return !allocated(before).equals(allocated(after)) || !attributes(before).equals(attributes(after));
    }

    @Override
    public boolean counts(String name) {
        return name.equals(COUNT) || name.equals(CLAIMS) || name.equals(STORAGE) || name.endsWith(CLASS + CLAIMS)
                || name.endsWith(CLASS + STORAGE);
    }

    @Override
    public ResourceList usage(Struct claim, Instant now) {
        Map<String, Quantity> used = new TreeMap<>(Map.of(COUNT, Quantity.of(1), CLAIMS, Quantity.of(1)));
        String ofClass = claim.struct("metadata").struct("annotations").text(CLASS_ANNOTATION,
                claim.struct("spec").text("storageClassName"));
        if (!ofClass.isEmpty()) {
            used.put(ofClass + CLASS + CLAIMS, Quantity.of(1));
        }
        Struct requests = claim.struct("spec").struct("resources").struct("requests");
        if (requests.has("storage")) {
            Quantity storage = storage(Quantity.of(requests.get("storage")), allocated(claim));
            used.put(STORAGE, storage);
            if (!ofClass.isEmpty()) {
                used.put(ofClass + CLASS + STORAGE, storage);
            }
        }
        return new ResourceList(used);
    }

    /// The larger of both, in whole bytes.
    private static Quantity storage(Quantity requested, Quantity allocated) {
        Quantity larger = allocated.compareTo(requested) > 0 ? allocated : requested;
        return larger.amount().stripTrailingZeros().scale() <= 0 ? larger
                : Quantity.parse(larger.amount().setScale(0, RoundingMode.UP).toPlainString());
    }

    private static Quantity allocated(Struct claim) {
        return Quantity.of(claim.struct("status").struct("allocatedResources").get("storage"));
    }

    @Override
    public boolean inScope(ScopeRequirement scope, Struct claim) {
        return scope.scope().equals("VolumeAttributesClass") && scope.allows(attributes(claim));
    }

    /// The classes of volume attributes that a claim wants, has, and is being given.
    private static Set<String> attributes(Struct claim) {
        Struct status = claim.struct("status");
        Set<String> names = new TreeSet<>(Set.of(""));
        names.add(claim.struct("spec").text("volumeAttributesClassName"));
        names.add(status.text("currentVolumeAttributesClassName"));
        names.add(status.struct("modifyVolumeStatus").text("targetVolumeAttributesClassName"));
        names.remove("");
        return names;
    }
}
