package io.k3j.admissioncore;

import io.k3j.model.Obj;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Finds the default among classes that mark it by an annotation. Pure.
final class Defaults {
    private Defaults() {
    }

    /// The newest object with one of the annotations `true`, by name when two are as old.
    static Optional<Obj> newest(Collection<Obj> classes, String... annotations) {
        return classes.stream()
                .filter(c -> List.of(annotations).stream().anyMatch(a -> "true".equals(c.annotations().get(a))))
                .max(Comparator.comparing((Obj c) -> c.metadata().text("creationTimestamp"))
                        .thenComparing(Comparator.comparing(Obj::name).reversed()));
    }
}
