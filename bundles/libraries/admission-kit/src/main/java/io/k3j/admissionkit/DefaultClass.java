package io.k3j.admissionkit;

import io.k3j.model.Obj;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Finds the default class by its annotation. Pure.
public final class DefaultClass {
    private DefaultClass() {
    }

    /// The newest object that has one of the annotations set to `true`; the name decides between objects of one age.
    public static Optional<Obj> newest(Collection<Obj> classes, String... annotations) {
        return classes.stream()
                .filter(c -> List.of(annotations).stream().anyMatch(a -> "true".equals(c.annotations().get(a))))
                .max(Comparator.comparing((Obj c) -> c.metadata().text("creationTimestamp"))
                        .thenComparing(Comparator.comparing(Obj::name).reversed()));
    }
}
