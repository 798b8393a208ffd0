package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.osgi.service.component.annotations.Component;

/// Adds the protection finalizers to PersistentVolumeClaims and PersistentVolumes. The protection controllers remove
/// them when nothing uses the object.
@Component(service = Admission.class, property = "order:Integer=200")
public final class StorageObjectInUseProtection implements Admission {
    @Override
    public String name() {
        return "StorageObjectInUseProtection";
    }

    @Override
    public boolean handles(Write write) {
        return WriteAttributes.creates(write, "persistentvolumeclaims")
                || WriteAttributes.creates(write, "persistentvolumes");
    }

    @Override
    public Struct admit(Write write, Struct object) {
        String finalizer = WriteAttributes.of(write, "", "persistentvolumes") ? "kubernetes.io/pv-protection"
                : "kubernetes.io/pvc-protection";
        Seq finalizers = object.struct("metadata").seq("finalizers");
        return finalizers.contains(finalizer) ? object
                : object.withAt(finalizers.plus(finalizer), "metadata", "finalizers");
    }
}
