package io.k3j.admissioncore;

import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apimachinery.Quantity;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Allows the expansion of a claim only when it is bound and its StorageClass allows expansion.
@Component(service = Admission.class, property = "order:Integer=230")
public final class VolumeResize implements Admission {
    /// The older way to name a class, which goes before the field.
    private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
    private final Listers listers;

    /// Reads StorageClasses from a view.
    @Activate
    public VolumeResize(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "PersistentVolumeClaimResize";
    }

    @Override
    public boolean handles(Write write) {
        return write.operation() == Operation.UPDATE && WriteAttributes.of(write, "", "persistentvolumeclaims")
                && write.subresource().isEmpty();
    }

    @Override
    public void validate(Write write, Struct claim) {
        Struct before = write.before().orElse(Struct.EMPTY);
        if (size(claim).compareTo(size(before)) <= 0) {
            return;
        }
        if (!before.struct("status").text("phase").equals("Bound")) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), "Only bound persistent volume claims can"
                    + " be expanded");
        }
        String ofClass = claim.struct("metadata").struct("annotations").text(CLASS_ANNOTATION,
                claim.struct("spec").text("storageClassName"));
        boolean allowed = listers.find(Listers.STORAGE, "", ofClass)
                .map(c -> c.tree().flag("allowVolumeExpansion")).orElse(false);
        if (!allowed) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), "only dynamically provisioned pvc can be"
                    + " resized and the storageclass that provisions the pvc must support resize");
        }
    }

    private static Quantity size(Struct claim) {
        return Quantity.of(claim.struct("spec").struct("resources").struct("requests").get("storage"));
    }
}
