package io.k3j.schema;

import io.k3j.model.Struct;

/// Fills in the defaults a shape declares.
public final class Defaulting {
    private Defaulting() {
    }

    /// The object with declared defaults where fields are missing (or null without being nullable); objects
    /// and elements that are there are filled too, missing ones are made only by a default of their own.
    public static Struct apply(Shape shape, Struct object) {
        throw new UnsupportedOperationException();
    }
}
