package io.k3j.schema;

import io.k3j.apimachinery.PatchFailure;
import io.k3j.model.Struct;
import java.util.TreeMap;

/// The path element of a list's element, written as in `fieldsV1`: `k:{"name":"web"}` or `v:"x"`. Two elements are the
/// same for server-side apply when these texts are equal, so keys stand in the order of their names, as
/// structured-merge-diff writes them.
final class ElementKey {
    private ElementKey() {
    }

    /// The path element; a key that is missing has its declared default, as `protocol` of a port.
    /// @throws PatchFailure when the element has none of the keys; 400 in upstream's words
    static String of(Shape list, Object element) {
        if (list.listType() == Shape.ListType.SET || !(element instanceof Struct s)) {
            StringBuilder text = new StringBuilder("v:");
            write(text, element);
            return text.toString();
        }
        TreeMap<String, Object> keys = new TreeMap<>();
        for (String key : list.mapKeys()) {
            Object value = s.get(key);
            if (value == null) {
                Shape child = list.items().child(key);
                value = child == null ? null : child.defaultValue();
            }
            if (value != null) {
                keys.put(key, value);
            }
        }
        if (keys.isEmpty()) {
            throw new PatchFailure("associative list with keys has an element that omits all key fields [\""
                    + String.join("\" \"", list.mapKeys())
                    + "\"] (and doesn't have default values for any key fields)", PatchFailure.MALFORMED);
        }
        StringBuilder text = new StringBuilder("k:{");
        keys.forEach((key, value) -> {
            text.append(text.length() > 3 ? "," : "");
            write(text, key);
            write(text.append(':'), value);
        });
        return text.append('}').toString();
    }

    /// JSON of a scalar, without spaces.
    private static void write(StringBuilder text, Object value) {
        if (!(value instanceof String s)) {
            text.append(value);
            return;
        }
        text.append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case '\r' -> text.append("\\r");
                default -> {
                    if (c < ' ') {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    /// `{"name":"web"}` as people read it: `name="web"`. Text of our own form; anything else gives some text and no
    /// failure.
    static String shown(String json) {
        StringBuilder text = new StringBuilder();
        boolean key = true;
        boolean quoted = false;
        for (int i = 1; i < json.length() - 1; i++) {
            char c = json.charAt(i);
            quoted ^= c == '"' && json.charAt(i - 1) != '\\';
            if (!quoted && c == ':') {
                text.append('=');
                key = false;
            } else if (!quoted && c == ',') {
                text.append(',');
                key = true;
            } else if (!(key && c == '"')) {
                text.append(c);
            }
        }
        return text.toString();
    }
}
