package io.k3j.codec;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/// Writes YAML as kubectl does.
///
/// The form of sigs.k8s.io/yaml: names sorted, since it goes through a Go map; a list begins in the column of its name.
/// One writer, one text.
final class YamlWriter {
    /// In bytes: a longer name stands behind a `? `, as go-yaml writes it, since no reader takes a name of more than
    /// 1 024 characters without.
    private static final int LONGEST_NAME = 128;
    private final StringBuilder out = new StringBuilder();

    /// Empty objects and lists stand as `{}` and `[]`, at the top, too.
    String text(Object value) {
        switch (value) {
            case Struct s when !s.isEmpty() -> struct(s, 0, false);
            case Seq s when !s.isEmpty() -> seq(s, 0, false);
            default -> scalar(value, 2);
        }
        return out.toString();
    }

    /// An object that is not empty.
    /// @param indent spaces before each name
    /// @param inline the first name stands behind the `- ` of a list
    private void struct(Struct s, int indent, boolean inline) {
        List<String> names = new ArrayList<>(s.names());
        Collections.sort(names);
        boolean first = inline;
        for (String name : names) {
            out.repeat(' ', first ? 0 : indent);
            first = false;
            boolean wide = wide(name);
            out.append(wide ? "? " : "").append(YamlText.oneLine(name));
            if (wide) {
                out.append('\n').repeat(' ', indent);
            }
            out.append(':');
            field(Objects.requireNonNull(s.get(name)), indent, wide);
        }
    }

    private static boolean wide(String name) {
        return name.length() > LONGEST_NAME / 3 && name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME;
    }

    /// @param indent of the name
    /// @param inline the value begins on the line of the colon, whatever it is
    private void field(Object v, int indent, boolean inline) {
        switch (v) {
            case Struct inner when !inner.isEmpty() -> {
                out.append(inline ? ' ' : '\n');
                struct(inner, indent + 2, inline);
            }
            case Seq inner when !inner.isEmpty() -> {
                out.append(inline ? ' ' : '\n');
                seq(inner, inline ? indent + 2 : indent, inline);
            }
            default -> {
                out.append(' ');
                scalar(v, indent + 2);
            }
        }
    }

    /// @param inline the first element stands behind the `- ` of the list around it
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

    /// A value on the line that has been begun, or a block below it, with its line break.
    /// @param indent of the lines of a block
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

    /// `|`, with a sign for the line breaks at the end and a number when the first line begins with a space. The number
    /// is the indent that a reader could not tell from such a line. Empty lines get no spaces.
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
