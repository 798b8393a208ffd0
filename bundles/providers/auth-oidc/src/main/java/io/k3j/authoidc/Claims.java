package io.k3j.authoidc;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The claims of a token, read as Go's JSON decoder reads them, with its words. Immutable.
record Claims(Struct tree) {
    /// A claim is missing, or of another type.
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String why) {
            super(why, null, false, false);
        }
    }

    /// Whether there is such a claim, null included.
    boolean has(String name) {
        return tree.has(name);
    }

    /// A text; null reads as an empty one.
    String text(String name) throws Unreadable {
        return text(present(name));
    }

    private static String text(Object value) throws Unreadable {
        return switch (value) {
            case String s -> s;
            case Null _ -> "";
            default -> throw mismatch(value, "string");
        };
    }

    /// A flag; null reads as no.
    boolean flag(String name) throws Unreadable {
        return switch (present(name)) {
            case Boolean b -> b;
            case Null _ -> false;
            case Object other -> throw mismatch(other, "bool");
        };
    }

    /// A text or a list of texts.
    List<String> texts(String name) throws Unreadable {
        Object value = present(name);
        if (value == Null.NULL) {
            return List.of();
        }
        if (value instanceof Seq list && list.stream().allMatch(e -> e instanceof String || e == Null.NULL)) {
            return list.stream().map(e -> e instanceof String s ? s : "").toList();
        }
        return List.of(text(value));
    }

    /// A point in time, in seconds since 1970; null where there is none.
    @Nullable
    Double seconds(String name) throws Unreadable {
        Object value = tree.get(name);
        try {
            return switch (value) {
                case null -> null;
                case Null _ -> null;
                case Number n -> n.doubleValue();
                case String s -> Double.valueOf(Double.parseDouble(s));
                default -> throw mismatch(value, "json.Number");
            };
        } catch (NumberFormatException e) {
            throw new Unreadable("json: invalid number literal");
        }
    }

    private Object present(String name) throws Unreadable {
        Object value = tree.get(name);
        if (value == null) {
            throw new Unreadable("claim not present");
        }
        return value;
    }

    /// A value is of another type than is wanted.
    static Unreadable mismatch(Object value, String wanted) {
        String given = switch (value) {
            case Struct _ -> "object";
            case Seq _ -> "array";
            case Boolean _ -> "bool";
            case String _ -> "string";
            default -> "number";
        };
        return new Unreadable("json: cannot unmarshal " + given + " into Go value of type " + wanted);
    }
}
