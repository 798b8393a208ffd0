package io.k3j.apimachinery;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Objects;

/// What stands for a value of a tree in hash tables. A client can make any number of structs and lists with one hash,
/// and they have no order by which a table could find them all the same, as it does with texts. Pure.
public final class ValueKey {
    private ValueKey() {
    }

    /// The value itself, or a text that equal structs share, whatever the order of their fields, and equal lists.
    public static Object of(Object value) {
        if (!(value instanceof Struct || value instanceof Seq)) {
            return value;
        }
        StringBuilder text = new StringBuilder();
        write(value, text);
        return text.toString();
    }

    /// Begins with a NUL, so that it is no text of the list; the length of texts keeps them apart from signs.
    private static void write(Object value, StringBuilder to) {
        switch (value) {
            case Struct s -> {
                to.append('\0').append('{');
                s.names().stream().sorted().forEach(name -> {
                    write(name, to);
                    write(Objects.requireNonNull(s.get(name)), to);
                });
                to.append('}');
            }
            case Seq s -> {
                to.append('\0').append('[');
                s.forEach(v -> write(v, to));
                to.append(']');
            }
            case String s -> to.append(s.length()).append(':').append(s);
            default -> to.append(value).append(';');
        }
    }
}
