package io.k3j.schema;

import java.util.List;

/// One named field of an object.
///
/// @param name the JSON name
/// @param shape what its value looks like
/// @param required whether OpenAPI calls it required
/// @param pointer Go holds a pointer to a scalar: a zero value is told from a missing one
/// @param emission what stands for it when it is missing
/// @param numbers where it stands in protobuf: field numbers from the outermost message inwards (more than
///     one for types that Go embeds); empty when there is no protobuf form
public record Field(String name, Shape shape, boolean required, boolean pointer, Emission emission,
        List<Integer> numbers) {
    /// What Go writes for a field that is not set.
    public enum Emission {
        /// Nothing.
        OMIT,
        /// The zero value of its type: `""`, `0`, `false`, a struct of such; `null` for lists and maps.
        ZERO,
        /// `null`.
        NULL
    }

    /// Whether it is written even when it is missing.
    public boolean always() {
        return emission != Emission.OMIT;
    }
}
