package io.k3j.kubeletconfig;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// One field of a component's configuration, as one line of its table says.
///
/// @param name its path with dots
/// @param type what its value is
/// @param least the least whole number
/// @param most the greatest
/// @param flag the argument of the component that it is; empty where there is none
/// @param values what this node does, the default first; `*` is any
record ConfigField(String name, FieldType type, long least, long most, String flag, List<String> values) {
    private static final String ANY = "*";

    static ConfigField parse(String line) {
        List<String> c = List.of(line.split("\t", -1));
        int colon = c.get(1).indexOf(':');
        String type = colon < 0 ? c.get(1) : c.get(1).substring(0, colon);
        String range = colon < 0 ? Long.MIN_VALUE + ".." + Long.MAX_VALUE : c.get(1).substring(colon + 1);
        int dots = range.indexOf("..");
        return new ConfigField(c.get(0), FieldType.of(type), Long.parseLong(range.substring(0, dots)),
                Long.parseLong(range.substring(dots + 2)), c.get(2),
                c.get(3).isEmpty() ? List.of() : List.of(c.get(3).split(";", -1)));
    }

    /// The names on the way to it.
    String[] path() {
        return name.split("\\.");
    }

    boolean honoured() {
        return !flag.isEmpty();
    }

    /// What this node does when nobody says anything.
    Optional<Object> preset() {
        return values.isEmpty() || values.getFirst().isEmpty() ? Optional.empty()
                : Optional.of(type.value(values.getFirst()));
    }

    /// What is wrong with a value that one file gives it: its type, or its size. Upstream's rules.
    Optional<String> malformed(Object value) {
        if (value == Null.NULL) {
            return Optional.empty();
        }
        if (!type.fits(value)) {
            return Optional.of(name + ": " + shown(value) + " is not " + type.form() + example());
        }
        return value instanceof Long number && (number < least || number > most)
                ? Optional.of(name + ": " + number + " must be from " + least + " to " + most) : Optional.empty();
    }

    private String example() {
        return preset().map(v -> "; write for example " + name + ": " + shown(v)).orElse("");
    }

    private String shown(Object value) {
        return value instanceof String text ? "\"" + text + "\""
                : value instanceof Struct || value instanceof Seq ? "what is there" : String.valueOf(value);
    }

    /// Whether a merged value asks for nothing that K3j does not do.
    boolean done(Object value) {
        return honoured() || empty(value) || usual(value);
    }

    /// Whether a value is one that holds here whatever anybody says.
    boolean usual(Object value) {
        return values.contains(ANY) || values.stream().anyMatch(v -> type.same(type.value(v), value));
    }

    /// A field that says nothing. Of a field with a default, 0 and false say something.
    private boolean empty(Object value) {
        return switch (value) {
            case String s -> s.isEmpty();
            case Seq list -> list.isEmpty();
            case Struct map -> map.isEmpty();
            case Long number -> number == 0 && values.isEmpty();
            default -> false;
        };
    }

    /// The refusal of a value that is not [#done].
    String refusal(Object value) {
        return name + (value instanceof Struct || value instanceof Seq ? "" : "=" + value)
                + " is not supported yet by K3j; " + (values.isEmpty() ? "leave it out"
                        : "leave it out or write " + String.join(" or ", values))
                + ", see docs/compatibility.md";
    }
}
