package io.k3j.admissioncore;

import io.k3j.admissionkit.DefaultClass;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Struct;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Sets the default StorageClass on a PersistentVolumeClaim without a class; the newest when several are marked
/// default.
@Component(service = Admission.class, property = "order:Integer=190")
public final class DefaultStorageClass implements Admission {
    private static final String OLD = "volume.beta.kubernetes.io/storage-class";
    private final Listers listers;

    /// Reads StorageClasses from a view.
    @Activate
    public DefaultStorageClass(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "DefaultStorageClass";
    }

    @Override
    public boolean handles(Write write) {
        return WriteAttributes.creates(write, "persistentvolumeclaims");
    }

    @Override
    public Struct admit(Write write, Struct claim) {
        if (claim.struct("spec").has("storageClassName") || claim.struct("metadata").struct("annotations").has(OLD)) {
            return claim;
        }
        return DefaultClass.newest(listers.all(Listers.STORAGE), "storageclass.kubernetes.io/is-default-class",
                "storageclass.beta.kubernetes.io/is-default-class")
                .map(c -> claim.withAt(c.name(), "spec", "storageClassName")).orElse(claim);
    }
}
