package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.List;

/// Takes out what a shape does not know.
public final class Pruning {
    private Pruning() {
    }

    /// @param object what is left
    /// @param unknown the paths taken out, as `spec.containers[0].foo`
    public record Pruned(Struct object, List<String> unknown) {
    }

    /// The object without unknown fields.
    public static Pruned prune(Shape shape, Struct object) {
        throw new UnsupportedOperationException();
    }
}
