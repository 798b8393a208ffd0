package io.k3j.schema;

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
}
