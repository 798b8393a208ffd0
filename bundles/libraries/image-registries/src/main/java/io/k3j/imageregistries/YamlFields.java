package io.k3j.imageregistries;

import io.k3j.codec.MalformedInput;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Fields of `registries.yaml`, each as what it has to be: what somebody wrote down is never passed over. An absent or
/// empty field is empty. Messages have names only, no values.
final class YamlFields {
    private YamlFields() {
    }

    /// @throws MalformedInput when it is something else
    static Struct mapping(Struct in, String name) {
        return mapping(name, in.get(name));
    }

    /// @param name for the message
    /// @throws MalformedInput when it is something else
    static Struct mapping(String name, @Nullable Object value) {
        if (none(value)) {
            return Struct.EMPTY;
        }
        if (value instanceof Struct s) {
            return s;
        }
        throw new MalformedInput(name + " has to be a mapping");
    }

    /// @throws MalformedInput for a number, too: how it was written is not known any more
    static String text(Struct in, String name) {
        return text(name, in.get(name));
    }

    /// @param name for the message
    static String text(String name, @Nullable Object value) {
        if (none(value)) {
            return "";
        }
        if (value instanceof String s) {
            return s;
        }
        throw new MalformedInput(name + " has to be text; put it in quotes");
    }

    /// @throws MalformedInput when it is something else
    static boolean flag(Struct in, String name) {
        Object value = in.get(name);
        if (none(value)) {
            return false;
        }
        if (value instanceof Boolean b) {
            return b;
        }
        throw new MalformedInput(name + " has to be true or false");
    }

    /// @throws MalformedInput when it is something else
    static List<String> texts(Struct in, String name) {
        Object value = in.get(name);
        if (none(value)) {
            return List.of();
        }
        if (value instanceof Seq s && s.texts().size() == s.size()) {
            return s.texts();
        }
        throw new MalformedInput(name + " has to be a list of texts");
    }

    /// The names that mean nothing, `about.name` each.
    static List<String> unknown(String about, Struct in, Set<String> known) {
        return in.names().stream().filter(name -> !known.contains(name)).map(name -> about + name).toList();
    }

    private static boolean none(@Nullable Object value) {
        return value == null || value == Null.NULL;
    }
}
