package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.osgi.service.component.annotations.Component;

/// Claims and volumes stay until nobody uses them: the finalizers that the protection controllers take off.
@Component(service = Admission.class, property = "order:Integer=200")
public final class StorageObjectInUseProtection implements Admission {
    @Override
    public String name() {
        return "StorageObjectInUseProtection";
    }

    @Override
    public boolean handles(Write write) {
        return Writes.creates(write, "persistentvolumeclaims") || Writes.creates(write, "persistentvolumes");
    }

    @Override
    public Struct admit(Write write, Struct object) {
        String finalizer = Writes.of(write, "", "persistentvolumes") ? "kubernetes.io/pv-protection"
                : "kubernetes.io/pvc-protection";
        Seq finalizers = object.struct("metadata").seq("finalizers");
        return finalizers.contains(finalizer) ? object
                : object.withAt(finalizers.plus(finalizer), "metadata", "finalizers");
    }
}
