package io.k3j.schema;

import io.k3j.model.Struct;

/// What a named type is by itself, wherever it stands. Looked at only when needed, so that recursive types
/// are possible and unused ones cost nothing.
interface Body {
    /// Of everything that is not an object.
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

    String description();

    boolean atomic();

    FieldTable fields();

    /// The schema of a CRD this was made from, else empty.
    default Struct source() {
        return Struct.EMPTY;
    }
}
