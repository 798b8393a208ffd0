package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.List;

/// Checks a custom resource against its shape.
public final class Validation {
    private Validation() {
    }

    /// Everything wrong with the object, with upstream's messages; empty when it is valid.
    public static List<Violation> check(Shape shape, Struct object) {
        throw new UnsupportedOperationException();
    }
}
