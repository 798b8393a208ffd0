package io.k3j.codec;

import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// JSON with line breaks, as Go indents it.
///
/// The form of `json.MarshalIndent(…, "", "  ")`: an empty object or list stays on its line. Recursion is as deep as
/// the tree, which was bounded when it was read.
final class JsonPretty {
    private final JsonWriter out = new JsonWriter(4096);

    /// @param value of a tree
    static byte[] bytes(Object value) {
        JsonPretty p = new JsonPretty();
        p.value(value, "\n");
        return p.out.bytes();
    }

    /// @param indent a line break and the spaces of the line that the value begins on
    private void value(Object value, String indent) {
        if (value instanceof Struct s && !s.isEmpty()) {
            struct(s, indent + "  ");
            out.raw(indent).one('}');
        } else if (value instanceof Seq s && !s.isEmpty()) {
            seq(s, indent + "  ");
            out.raw(indent).one(']');
        } else {
            out.value(value);
        }
    }

    /// @param indent of the lines of the fields
    private void struct(Struct s, String indent) {
        for (int i = 0; i < s.size(); i++) {
            out.one(i == 0 ? '{' : ',');
            out.raw(indent).name(s.name(i));
            out.one(' ');
            value(s.value(i), indent);
        }
    }

    /// @param indent of the lines of the elements
    private void seq(Seq s, String indent) {
        for (int i = 0; i < s.size(); i++) {
            out.one(i == 0 ? '[' : ',');
            out.raw(indent);
            value(s.get(i), indent);
        }
    }
}
