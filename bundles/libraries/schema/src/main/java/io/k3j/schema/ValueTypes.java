package io.k3j.schema;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Shape.Type;

/// JSON types of values, by OpenAPI's names. Of a CRD only: custom resources are not decoded by Go types, so a value
/// may have any. Pure.
final class ValueTypes {
    private ValueTypes() {
    }

    /// Whether a value is of a type. A double without fraction is a whole number, as in JSON Schema.
    static boolean fits(Type type, Object v) {
        return switch (type) {
            case OBJECT, MAP, FIELDS -> v instanceof Struct;
            case LIST -> v instanceof Seq;
            case INT32, INT64 -> v instanceof Long || v instanceof Double d && d == Math.rint(d);
            case NUMBER -> v instanceof Long || v instanceof Double;
            case BOOLEAN -> v instanceof Boolean;
            case INT_OR_STRING -> v instanceof Long || v instanceof String;
            case QUANTITY -> v instanceof String || v instanceof Long || v instanceof Double;
            case STRING, TIME, MICRO_TIME, DURATION, BYTES -> v instanceof String;
            case ANY -> true;
        };
    }

    /// What a value is, as `integer`.
    static String name(Object v) {
        return switch (v) {
            case Struct s -> "object";
            case Seq s -> "array";
            case String s -> "string";
            case Boolean b -> "boolean";
            case Long l -> "integer";
            case Null n -> "null";
            default -> "number";
        };
    }

    /// What a shape wants, as messages say it.
    static String wanted(Shape shape) {
        return switch (shape.type()) {
            case OBJECT, MAP, FIELDS -> "object";
            case LIST -> "array";
            case INT32, INT64 -> "integer";
            case NUMBER -> "number";
            case BOOLEAN -> "boolean";
            case INT_OR_STRING -> "integer,string";
            default -> "string";
        };
    }
}
