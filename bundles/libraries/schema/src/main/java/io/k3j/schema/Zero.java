package io.k3j.schema;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// What Go writes for values that were never set, and which values say no more than that. Pure.
final class Zero {
    private Zero() {
    }

    /// For a missing field that is always written. Only for fields whose emission is not OMIT.
    static Object of(Field field) {
        return field.emission() == Field.Emission.NULL ? Null.NULL : of(field.shape());
    }

    /// The zero value of a type: null for what Go holds by a pointer or as a slice, a map or an interface.
    static Object of(Shape shape) {
        return switch (shape.type()) {
            case OBJECT -> shape.table().zero();
            case STRING -> "";
            case DURATION -> "0s";
            case INT32, INT64, NUMBER, INT_OR_STRING -> 0L;
            case BOOLEAN -> false;
            case QUANTITY -> "0";
            case MAP, LIST, TIME, MICRO_TIME, BYTES, FIELDS, ANY -> Null.NULL;
        };
    }

    /// Whether a value says no more than a missing one, where Go omits empty values (`omitempty`). Structs are never
    /// empty for Go; the empty text of an int-or-string, and any value of a free field, do say something.
    static boolean says(Shape shape, Object value) {
        return switch (value) {
            case String s -> s.isEmpty() && shape.type() != Shape.Type.INT_OR_STRING && shape.type() != Shape.Type.ANY;
            case Long l -> l == 0 && number(shape);
            case Double d -> d == 0 && number(shape);
            case Boolean b -> !b && shape.type() == Shape.Type.BOOLEAN;
            case Seq s -> s.isEmpty() && shape.type() == Shape.Type.LIST;
            case Struct s -> s.isEmpty() && shape.type() == Shape.Type.MAP;
            default -> false;
        };
    }

    private static boolean number(Shape shape) {
        return switch (shape.type()) {
            case INT32, INT64, NUMBER -> true;
            default -> false;
        };
    }
}
