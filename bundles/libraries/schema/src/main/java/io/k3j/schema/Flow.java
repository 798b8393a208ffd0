package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// Small values as JSON text, for messages and protobuf's YAML strings. Pure; any thread. Large documents are the
/// library `codec`'s, which does not build one string.
public final class Flow {
    private Flow() {
    }

    /// The JSON text of a value as [Struct] holds them; whole numbers below 10^15 without a point.
    public static String text(Object value) {
        StringBuilder b = new StringBuilder();
        append(b, value);
        return b.toString();
    }

    private static void append(StringBuilder b, Object value) {
        switch (value) {
            case String s -> quoted(b, s);
            case Struct s -> {
                b.append('{');
                for (int i = 0; i < s.size(); i++) {
                    quoted(i == 0 ? b : b.append(','), s.name(i));
                    append(b.append(':'), s.value(i));
                }
                b.append('}');
            }
            case Seq s -> {
                b.append('[');
                for (int i = 0; i < s.size(); i++) {
                    append(i == 0 ? b : b.append(','), s.get(i));
                }
                b.append(']');
            }
            case Double d ->
                b.append(d == Math.rint(d) && Math.abs(d) < 1e15 ? Long.toString(d.longValue()) : d.toString());
            default -> b.append(value);
        }
    }

    private static void quoted(StringBuilder b, String s) {
        b.append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '"', '\\' -> b.append('\\').append(c);
                case '\n' -> b.append("\\n");
                case '\t' -> b.append("\\t");
                case '\r' -> b.append("\\r");
                default -> b.append(c < 0x20 ? "\\u%04x".formatted((int) c) : String.valueOf(c));
            }
        }
        b.append('"');
    }
}
