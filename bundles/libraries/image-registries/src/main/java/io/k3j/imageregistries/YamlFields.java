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
    // the words of YAML 1.1
    private static final Set<String> YES = Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on",
            "On", "ON");
    private static final Set<String> NO = Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off",
            "Off", "OFF");

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

    /// @throws MalformedInput when it is a mapping or a list
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
        throw new MalformedInput(name + " has to be text");
    }

    /// @throws MalformedInput when it is something else
    static boolean flag(Struct in, String name) {
        Object value = in.get(name);
        if (none(value)) {
            return false;
        }
        if (value instanceof String s && (YES.contains(s) || NO.contains(s))) {
            return YES.contains(s);
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
