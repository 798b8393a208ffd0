package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Locale;

/// What can be wrong with volumes of CSI drivers, in PersistentVolumes and in pods, as upstream's
/// `validateCSIPersistentVolumeSource` and `validateCSIVolumeSource`. Pure; any thread.
public final class CsiProblems {
    /// How long a driver's name may be, in characters.
    private static final int LONGEST_DRIVER = 63;
    /// As upstream, but for that of staging, which is not looked at.
    private static final List<String> SECRETS = List.of("controllerPublishSecretRef", "controllerExpandSecretRef",
            "nodePublishSecretRef", "nodeExpandSecretRef");

    private CsiProblems() {
    }

    /// Checks the name of a driver, which stands at `p`: a DNS subdomain in any case, of 63 characters at most.
    public static void driverName(String name, Problems p) {
        if (name.isEmpty()) {
            p.required("");
            return;
        }
        if (name.length() > LONGEST_DRIVER) {
            p.tooLong(LONGEST_DRIVER);
        }
        Names.subdomain(name.toLowerCase(Locale.ROOT)).forEach(why -> p.invalid(name, why));
    }

    /// Checks `spec.csi` of a PersistentVolume at its place.
    public static void persistentVolume(Struct csi, Problems p) {
        driverName(csi.text("driver"), p.at("driver"));
        p.present(csi, "volumeHandle");
        for (String field : SECRETS) {
            if (csi.has(field)) {
                secret(csi.struct(field), p.at(field));
            }
        }
    }

    private static void secret(Struct reference, Problems p) {
        if (p.present(reference, "name")) {
            p.at("name").invalid(reference.text("name"), Names.subdomain(reference.text("name")));
        }
        if (p.present(reference, "namespace")) {
            p.at("namespace").invalid(reference.text("namespace"), Names.label(reference.text("namespace")));
        }
    }

    /// Checks the source `csi` of a volume in a pod at its place. A name that is wrong is told beside the reference, as
    /// upstream does.
    static void volume(Struct csi, Problems p) {
        driverName(csi.text("driver"), p.at("driver"));
        Struct secret = csi.struct("nodePublishSecretRef");
        if (csi.has("nodePublishSecretRef") && p.at("nodePublishSecretRef").present(secret, "name")) {
            p.at("name").invalid(secret.text("name"), Names.subdomain(secret.text("name")));
        }
    }
}
