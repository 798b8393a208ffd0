package io.k3j.schema;

/// One thing wrong with an object, as a cause of a Status has it.
///
/// @param field the path, as `spec.containers[0].name`
/// @param reason as `FieldValueRequired`, `FieldValueInvalid`, `FieldValueNotSupported`, `FieldValueTypeInvalid`
/// @param message as `Required value`, without the path
public record Violation(String field, String reason, String message) {
    /// A value that must be there.
    public static Violation required(String field, String detail) {
        return new Violation(field, "FieldValueRequired",
                detail.isEmpty() ? "Required value" : "Required value: " + detail);
    }

    /// A value that must not be there.
    public static Violation forbidden(String field, String detail) {
        return new Violation(field, "FieldValueForbidden", "Forbidden: " + detail);
    }

    /// As upstream's error text has it: `spec.name: Required value`.
    public String text() {
        return field + ": " + message;
    }
}
