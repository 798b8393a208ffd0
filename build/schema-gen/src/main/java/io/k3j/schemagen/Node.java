package io.k3j.schemagen;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a value may be, where it stands.
///
/// @param type the name of a constant of `io.k3j.schema.Shape.Type`
/// @param ref the definition it refers to, or empty
/// @param items of a list or map
/// @param wrapped a list that protobuf puts into a message of its own
/// @param rules patch and apply rules: strategy, merge key, list type, map keys, map type
record Node(String type, String ref, @Nullable Node items, boolean wrapped, String description, Rules rules,
        String defaultJson, List<String> choices) {

    record Rules(String strategy, String mergeKey, String listType, List<String> mapKeys, String mapType) {
        static final Rules NONE = new Rules("", "", "", List.of(), "");
    }

    static Node of(String type) {
        return ref(type, "");
    }

    static Node ref(String type, String definition) {
        return new Node(type, definition, null, false, "", Rules.NONE, "", List.of());
    }

    static Node of(String type, Node items) {
        return new Node(type, "", items, false, "", Rules.NONE, "", List.of());
    }

    Node wrappedList() {
        return new Node(type, ref, items, true, description, rules, defaultJson, choices);
    }

    Node described(String text, Rules patch, String json, List<String> values) {
        return new Node(type, ref, items, wrapped, text, patch, json, values);
    }
}
