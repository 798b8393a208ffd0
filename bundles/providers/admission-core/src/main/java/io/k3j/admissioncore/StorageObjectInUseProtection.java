package io.k3j.admissioncore;

import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/// Adds the protection finalizers to PersistentVolumeClaims, PersistentVolumes and VolumeAttributesClasses. The
/// protection controllers remove them when nothing uses the object.
@Component(service = Admission.class, property = "order:Integer=200")
public final class StorageObjectInUseProtection implements Admission {
    private static final String CLASSES = "volumeattributesclasses";
    private static final Map<String, String> FINALIZERS = Map.of("persistentvolumeclaims",
            "kubernetes.io/pvc-protection", "persistentvolumes", "kubernetes.io/pv-protection",
            CLASSES, "kubernetes.io/vac-protection");

    @Override
    public String name() {
        return "StorageObjectInUseProtection";
    }

    @Override
    public boolean handles(Write write) {
        String resource = write.kind().gvr().resource();
        String group = resource.equals(CLASSES) ? "storage.k8s.io" : "";
        return FINALIZERS.containsKey(resource) && WriteAttributes.creates(write, group, resource);
    }

    @Override
    public Struct admit(Write write, Struct object) {
        String finalizer = FINALIZERS.getOrDefault(write.kind().gvr().resource(), "");
        Seq finalizers = object.struct("metadata").seq("finalizers");
        return finalizer.isEmpty() || finalizers.contains(finalizer) ? object
                : object.withAt(finalizers.plus(finalizer), "metadata", "finalizers");
    }
}
