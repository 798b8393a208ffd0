package io.k3j.celvalues;

import io.k3j.schema.Shape;
import io.k3j.schema.Shape.ListType;
import org.jspecify.annotations.Nullable;

/// A list whose schema may say that it is a set, or a map by keys: such are compared and added by their elements.
public interface ListKind {
    /// What is said of the list; null where nothing is.
    @Nullable
    Shape shape();

    /// What is said of a list by whose elements it is told; null for one that is told by the order of its elements.
    static @Nullable Shape keyed(Object list) {
        Shape shape = list instanceof ListKind kind ? kind.shape() : null;
        return shape == null || shape.listType() == ListType.ATOMIC ? null : shape;
    }
}
