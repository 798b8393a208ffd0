package io.k3j.flannelconf;

import io.k3j.model.Struct;
import org.jspecify.annotations.Nullable;

/// The fields of one object of a configuration: found whatever their case, as Go finds them; one of a wrong type or out
/// of its range is refused.
///
/// @param where the object within the file, empty or ending with a dot
record ConfFields(String where, Struct fields) {
    private @Nullable Object get(String name) {
        return fields.names().stream().filter(name::equalsIgnoreCase).findFirst().map(fields::get).orElse(null);
    }

    /// Whether the field is there.
    boolean has(String name) {
        return get(name) != null;
    }

    String text(String name) {
        return switch (get(name)) {
            case null -> "";
            case String text -> text;
            case Object other -> throw wrong(name, other, "a text");
        };
    }

    boolean flag(String name, boolean otherwise) {
        return switch (get(name)) {
            case null -> otherwise;
            case Boolean flag -> flag;
            case Object other -> throw wrong(name, other, "true or false");
        };
    }

    int number(String name, int least, int otherwise, int most) {
        Object value = get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Number n && n.doubleValue() == n.intValue() && n.intValue() >= least
                && n.intValue() <= most) {
            return n.intValue();
        }
        throw wrong(name, value, "a whole number from " + least + " to " + most);
    }

    ConfFields object(String name) {
        return switch (get(name)) {
            case null -> new ConfFields(where + name + ".", Struct.EMPTY);
            case Struct object -> new ConfFields(where + name + ".", object);
            case Object other -> throw wrong(name, other, "an object");
        };
    }

    /// What to throw for a value that is not `wanted`.
    IllegalArgumentException wrong(String name, Object value, String wanted) {
        return new IllegalArgumentException(where + name + " is \"" + value + "\", it must be " + wanted);
    }
}
