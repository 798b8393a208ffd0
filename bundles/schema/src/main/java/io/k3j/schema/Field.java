package io.k3j.schema;

import java.util.List;

/// One named field of an object.
///
/// @param name the JSON name
/// @param shape what its value looks like
/// @param required whether OpenAPI calls it required
/// @param pointer Go holds a pointer: a zero value is told from a missing one
/// @param always Go writes it even when it is zero: a missing one is written as zero, a list or map as null
/// @param proto where it stands in protobuf: field numbers from the outermost message inwards (more than
///     one for types that Go embeds); empty when there is no protobuf form
public record Field(String name, Shape shape, boolean required, boolean pointer, boolean always, Proto proto) {
    /// A place in a protobuf message.
    /// @param numbers field numbers, outermost first; empty: none
    /// @param wrapped a list stands in a message of its own (`Verbs`, `ExtraValue`)
    public record Proto(List<Integer> numbers, boolean wrapped) {
        /// No protobuf form.
        public static final Proto NONE = new Proto(List.of(), false);
    }
}
