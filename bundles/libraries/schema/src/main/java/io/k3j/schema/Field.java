package io.k3j.schema;

import java.util.List;

/// One named field of an object. Immutable.
///
/// @param name the JSON name
/// @param shape what its value looks like where it stands
/// @param required whether OpenAPI calls it required; decoding and validation of built-in kinds do not look at it
/// @param pointer Go holds a pointer to a scalar: a zero value is told from a missing one and kept. Always true for
///     fields of CRDs, whose zero values are never dropped
/// @param emission what stands for it when it is missing
/// @param numbers where it stands in protobuf: field numbers from the outermost message inwards (more than one for
///     types that Go embeds); empty when there is no protobuf form
public record Field(String name, Shape shape, boolean required, boolean pointer, Emission emission,
        List<Integer> numbers) {
    /// What Go writes for a field that is not set. Follows from `omitempty` and the Go type; a stored object has these
    /// fields, so that its bytes are those upstream would have written.
    public enum Emission {
        /// Nothing: the field has `omitempty`.
        OMIT,
        /// The zero value of its type: `""`, `0`, `false`, a struct of such; `null` for lists and maps.
        ZERO,
        /// `null`, whatever the type's zero value is.
        NULL
    }

    /// Whether it is written even when it is missing.
    public boolean always() {
        return emission != Emission.OMIT;
    }
}
