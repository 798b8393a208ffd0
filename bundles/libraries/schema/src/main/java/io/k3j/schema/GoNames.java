package io.k3j.schema;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// How Go's decoder names types and values in its messages, which clients show to people and tests compare. Pure.
final class GoNames {
    private GoNames() {
    }

    /// `PodSpec` of `io.k8s.api.core.v1.PodSpec`.
    static String simple(String definition) {
        return definition.substring(definition.lastIndexOf('.') + 1);
    }

    /// The Go type behind a shape, as `reflect` prints it: `[]string`, `resource.Quantity`.
    static String type(Shape shape) {
        return switch (shape.type()) {
            case OBJECT -> qualified(shape.definition());
            case MAP -> "map[string]" + type(shape.items());
            case LIST -> "[]" + type(shape.items());
            case STRING, DURATION -> "string";
            case INT32 -> "int32";
            case INT64 -> "int64";
            case NUMBER -> "float64";
            case BOOLEAN -> "bool";
            case INT_OR_STRING -> "intstr.IntOrString";
            case QUANTITY -> "resource.Quantity";
            case TIME -> "v1.Time";
            case MICRO_TIME -> "v1.MicroTime";
            case BYTES -> "[]uint8";
            case FIELDS -> "v1.FieldsV1";
            case ANY -> "runtime.RawExtension";
        };
    }

    /// `v1.PodSpec`: the last part of the package, and the type. `struct` for an inline type.
    private static String qualified(String definition) {
        int name = definition.lastIndexOf('.');
        return name < 0 ? "struct" : definition.substring(definition.lastIndexOf('.', name - 1) + 1);
    }

    /// What was found; a number that does not fit is shown, so that people see that it is too large and not of another
    /// type.
    static String value(Object value, Shape wanted) {
        return switch (value) {
            case Struct s -> "object";
            case Seq s -> "array";
            case String s -> "string";
            case Boolean b -> "bool";
            case Long l -> whole(wanted) ? "number " + l : "number";
            case Double d ->
                whole(wanted) ? "number " + (d == Math.rint(d) ? Long.toString(d.longValue()) : d.toString())
                        : "number";
            case Null n -> "null";
            default -> value.getClass().getSimpleName();
        };
    }

    /// What `runtime.DefaultUnstructuredConverter` says of a value that does not fit; empty where the type reads JSON
    /// itself, and says the same as ever.
    static String conversion(Object value, Shape wanted) {
        return switch (wanted.type()) {
            case OBJECT -> "cannot restore struct from: " + kind(value);
            case MAP -> "cannot restore map from " + kind(value);
            case LIST, BYTES -> "cannot restore slice from " + kind(value);
            case STRING ->
                value instanceof Long ? "cannot convert int64 to string" : "unrecognized type: " + type(wanted);
            case INT32, INT64 -> value instanceof Double ? "cannot convert float64 to " + type(wanted)
                    : value instanceof Long ? "" : "unrecognized type: " + type(wanted);
            case NUMBER, BOOLEAN -> "unrecognized type: " + type(wanted);
            default -> "";
        };
    }

    /// As `reflect` names the kind of what was read from JSON.
    private static String kind(Object value) {
        return switch (value) {
            case Struct s -> "map";
            case Seq s -> "slice";
            case String s -> "string";
            case Boolean b -> "bool";
            case Long l -> "int64";
            default -> "float64";
        };
    }

    private static boolean whole(Shape wanted) {
        return wanted.type() == Shape.Type.INT32 || wanted.type() == Shape.Type.INT64;
    }
}
