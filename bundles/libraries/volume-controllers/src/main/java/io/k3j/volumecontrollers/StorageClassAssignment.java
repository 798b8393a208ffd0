package io.k3j.volumecontrollers;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Obj;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The class of claims that name none:
/// <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#retroactive-default-storageclass-assignment>.
///
/// @param classes all StorageClasses
record StorageClassAssignment(LiveView classes) {
    private static final String CLASS = "storageClassName";
    private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
    private static final List<String> DEFAULT = List.of("storageclass.kubernetes.io/is-default-class",
            "storageclass.beta.kubernetes.io/is-default-class");

    /// Whether a class says that it is the default one.
    static boolean is(Obj type) {
        return DEFAULT.stream().anyMatch(a -> "true".equals(type.annotations().get(a)));
    }

    /// The newest of those that say so.
    private Optional<Obj> newest() {
        return classes.list().stream().filter(StorageClassAssignment::is)
                .max(Comparator.comparing((Obj c) -> c.metadata().text("creationTimestamp"))
                        .thenComparing(Comparator.comparing(Obj::name).reversed()));
    }

    /// Gives a claim that names no class the default one, also one that has come later.
    boolean assigned(Obj claim, ExpectingWriter writer) {
        if (!claim.spec().text("volumeName").isEmpty() || claim.spec().has(CLASS)
                || claim.annotations().containsKey(CLASS_ANNOTATION)) {
            return false;
        }
        Optional<Obj> type = newest();
        type.ifPresent(t -> writer.update(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                claim.with(t.name(), "spec", CLASS)));
        return type.isPresent();
    }
}
