package io.k3j.codec;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/// Writes YAML as kubectl does.
final class YamlWriter {
    private final StringBuilder out = new StringBuilder();

    String text(Object value) {
        switch (value) {
            case Struct s when !s.isEmpty() -> struct(s, 0, false);
            case Seq s when !s.isEmpty() -> seq(s, 0, false);
            default -> scalar(value, 0);
        }
        return out.toString();
    }

    /// `inline`: the first field stands behind the `- ` of a list.
    private void struct(Struct s, int indent, boolean inline) {
        List<String> names = new ArrayList<>(s.names());
        Collections.sort(names);
        boolean first = inline;
        for (String name : names) {
            out.repeat(' ', first ? 0 : indent);
            first = false;
            out.append(YamlText.oneLine(name)).append(':');
            Object v = Objects.requireNonNull(s.get(name));
            switch (v) {
                case Struct inner when !inner.isEmpty() -> {
                    out.append('\n');
                    struct(inner, indent + 2, false);
                }
                case Seq inner when !inner.isEmpty() -> {
                    out.append('\n');
                    seq(inner, indent, false);
                }
                default -> {
                    out.append(' ');
                    scalar(v, indent + 2);
                }
            }
        }
    }

    private void seq(Seq s, int indent, boolean inline) {
        boolean first = inline;
        for (Object v : s) {
            out.repeat(' ', first ? 0 : indent).append("- ");
            first = false;
            switch (v) {
                case Struct inner when !inner.isEmpty() -> struct(inner, indent + 2, true);
                case Seq inner when !inner.isEmpty() -> seq(inner, indent + 2, true);
                default -> scalar(v, indent + 2);
            }
        }
    }

    private void scalar(Object v, int indent) {
        switch (v) {
            case Struct s -> out.append("{}");
            case Seq s -> out.append("[]");
            case String s when s.indexOf('\n') >= 0 && YamlText.literal(s) -> {
                block(s, indent);
                return;
            }
            case String s -> out.append(YamlText.oneLine(s));
            case Double d -> out.append(JsonWriter.number(d));
            default -> out.append(v);
        }
        out.append('\n');
    }

    /// `|`, with a sign for the line breaks at the end and a number when the first line begins with a space.
    private void block(String s, int indent) {
        int end = s.length();
        while (end > 0 && s.charAt(end - 1) == '\n') {
            end--;
        }
        int breaks = s.length() - end;
        boolean spaced = s.charAt(0) == ' ' || s.charAt(0) == '\n';
        out.append('|').append(spaced ? "2" : "").append(breaks == 0 ? "-" : breaks > 1 ? "+" : "").append('\n');
        for (String line : s.substring(0, breaks > 1 ? s.length() - 1 : end).split("\n", -1)) {
            out.repeat(' ', line.isEmpty() ? 0 : indent).append(line).append('\n');
        }
    }
}
