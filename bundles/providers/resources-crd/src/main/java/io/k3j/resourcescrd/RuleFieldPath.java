package io.k3j.resourcescrd;

import io.k3j.model.Struct;
import org.jspecify.annotations.Nullable;

/// The `fieldPath` of a validation rule: `.spec.name`, `.labels['a.b']`. For one path.
final class RuleFieldPath {
    private final String text;
    private int at;
    private Struct schema;
    private final StringBuilder path = new StringBuilder();

    private RuleFieldPath(String text, Struct schema) {
        this.text = text;
        this.schema = schema;
    }

    /// The path as errors show it, relative to the place of the rule; null when the schema has no such field.
    ///
    /// @param schema of the place, as the CRD has it
    static @Nullable String normalized(String text, Struct schema) {
        RuleFieldPath walk = new RuleFieldPath(text, schema);
        while (walk.at < text.length()) {
            if (!walk.step()) {
                return null;
            }
        }
        return walk.path.toString();
    }

    private boolean step() {
        String name = switch (text.charAt(at++)) {
            case '.' -> plain();
            case '[' -> quoted();
            default -> null;
        };
        return name != null && enter(name);
    }

    private @Nullable String plain() {
        int from = at;
        while (at < text.length() && ".[]".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return from == at ? null : text.substring(from, at);
    }

    /// `'name']`, with Go's escapes.
    private @Nullable String quoted() {
        if (at >= text.length() || text.charAt(at++) != '\'') {
            return null;
        }
        StringBuilder b = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '\'') {
            char c = text.charAt(at++);
            if (c == '\\') {
                int escape = at < text.length() ? "abfnrtv'\\".indexOf(text.charAt(at++)) : -1;
                if (escape < 0) {
                    return null;
                }
                c = "\u0007\b\f\n\r\t\u000b'\\".charAt(escape);
            }
            b.append(c);
        }
        boolean closed = text.startsWith("']", at);
        at += 2;
        return closed ? b.toString() : null;
    }

    private boolean enter(String name) {
        if (schema.has("properties")) {
            path.append(path.isEmpty() ? "" : ".").append(name);
            boolean known = schema.struct("properties").get(name) instanceof Struct;
            schema = schema.struct("properties").struct(name);
            return known;
        }
        path.append('[').append(name).append(']');
        Object more = schema.get("additionalProperties");
        boolean map = more instanceof Struct || Boolean.TRUE.equals(more);
        schema = schema.struct("additionalProperties");
        return map;
    }
}
