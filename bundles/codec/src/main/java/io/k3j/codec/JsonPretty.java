package io.k3j.codec;

import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// JSON with line breaks, as Go indents it.
final class JsonPretty {
    private final JsonWriter out = new JsonWriter(4096);

    static byte[] bytes(Object value) {
        JsonPretty p = new JsonPretty();
        p.value(value, "\n");
        return p.out.bytes();
    }

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

    private void struct(Struct s, String indent) {
        for (int i = 0; i < s.size(); i++) {
            out.one(i == 0 ? '{' : ',');
            out.raw(indent).name(s.name(i));
            out.one(' ');
            value(s.value(i), indent);
        }
    }

    private void seq(Seq s, String indent) {
        for (int i = 0; i < s.size(); i++) {
            out.one(i == 0 ? '[' : ',');
            out.raw(indent);
            value(s.get(i), indent);
        }
    }
}
