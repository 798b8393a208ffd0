package io.k3j.schema;

import io.k3j.model.Struct;

/// What a named type is by itself, wherever it stands. Looked at only when needed, so that recursive types
/// (`JSONSchemaProps`) are possible and unused ones cost nothing. Any thread; an implementation that reads lazily does
/// so without a lock.
interface Body {
    /// Of everything that is not an object: it has no fields, and its facts say the rest.
    Body NONE = new Body() {
        @Override
        public String description() {
            return "";
        }

        @Override
        public boolean atomic() {
            return false;
        }

        @Override
        public FieldTable fields() {
            return FieldTable.EMPTY;
        }
    };

    /// The documentation of the definition, empty for none.
    String description();

    /// Whether server-side apply takes values of the type as a whole, unless their place says otherwise.
    boolean atomic();

    /// The fields; empty for what is no object.
    FieldTable fields();

    /// The schema of a CRD this was made from, else empty.
    default Struct source() {
        return Struct.EMPTY;
    }
}
