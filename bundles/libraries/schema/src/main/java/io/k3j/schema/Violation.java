package io.k3j.schema;

/// One thing wrong with an object, as a cause of a Status has it (`StatusCause` of `meta/v1`, and apimachinery's
/// `field.Error`). Immutable.
///
/// @param field the path, as `spec.containers[0].name`
/// @param reason as `FieldValueRequired`, `FieldValueInvalid`, `FieldValueNotSupported`, `FieldValueTypeInvalid`
/// @param message as `Required value`, without the path; holds values of the object, so not for logs; cut behind
/// [#LONGEST] characters
public record Violation(String field, String reason, String message) {
    /// The most characters of a message.
    public static final int LONGEST = 4 << 10;

    /// Cuts the message.
    public Violation {
        message = message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "...";
    }

    /// A value that must be there.
    ///
    /// @param detail what more is said, empty for nothing
    public static Violation required(String field, String detail) {
        return new Violation(field, "FieldValueRequired",
                detail.isEmpty() ? "Required value" : "Required value: " + detail);
    }

    /// A value that must not be there.
    ///
    /// @param detail why
    public static Violation forbidden(String field, String detail) {
        return new Violation(field, "FieldValueForbidden", "Forbidden: " + detail);
    }

    /// As upstream's error text has it: `spec.name: Required value`.
    public String text() {
        return field + ": " + message;
    }
}
