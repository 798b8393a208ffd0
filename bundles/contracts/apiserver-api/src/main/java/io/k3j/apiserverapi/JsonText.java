package io.k3j.apiserverapi;

import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// Values as they stand in messages: JSON, as upstream writes them.
final class JsonText {
    private JsonText() {
    }

    static String value(Object value) {
        return write(value, new StringBuilder()).toString();
    }

    private static StringBuilder write(Object value, StringBuilder to) {
        return switch (value) {
            case String s -> quoted(s, to);
            case Struct s -> struct(s, to);
            case Seq s -> seq(s, to);
            default -> to.append(value);
        };
    }

    private static StringBuilder struct(Struct value, StringBuilder to) {
        to.append('{');
        for (int i = 0; i < value.size(); i++) {
            quoted(value.name(i), to.append(i > 0 ? "," : "")).append(':');
            write(value.value(i), to);
        }
        return to.append('}');
    }

    private static StringBuilder seq(Seq value, StringBuilder to) {
        to.append('[');
        for (int i = 0; i < value.size(); i++) {
            write(value.get(i), to.append(i > 0 ? "," : ""));
        }
        return to.append(']');
    }

    private static StringBuilder quoted(String text, StringBuilder to) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> to.append('\\').append(c);
                case '\n' -> to.append("\\n");
                case '\t' -> to.append("\\t");
                case '\r' -> to.append("\\r");
                default -> to.append(c);
            }
        }
        return to.append('"');
    }
}
