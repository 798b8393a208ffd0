package io.k3j.celvalues;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Names of fields as identifiers of the language and back: `a-b` is `a__dash__b`. See "Validation rules",
/// "Escaping".
public final class Escaped {
    private static final Set<String> RESERVED = Set.of("true", "false", "null", "in", "as", "break", "const",
            "continue",
            "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void",
            "while");

    private Escaped() {
    }

    /// The identifier, null where the name can have none.
    public static @Nullable String escape(String name) {
        if (name.isEmpty() || name.charAt(0) >= '0' && name.charAt(0) <= '9') {
            return null;
        }
        if (RESERVED.contains(name)) {
            return "__" + name + "__";
        }
        StringBuilder b = new StringBuilder(name.length() + 16);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '_' && i + 1 < name.length() && name.charAt(i + 1) == '_') {
                b.append("__underscores__");
                i++;
            } else if (c == '.') {
                b.append("__dot__");
            } else if (c == '-') {
                b.append("__dash__");
            } else if (c == '/') {
                b.append("__slash__");
            } else if (c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
                b.append(c);
            } else {
                return null;
            }
        }
        return b.toString();
    }

    /// The name, null where the text is no identifier that [#escape] makes.
    public static @Nullable String unescape(String identifier) {
        int at = identifier.indexOf("__");
        if (at < 0) {
            return identifier;
        }
        StringBuilder b = new StringBuilder(identifier.length());
        int from = 0;
        while (at >= 0) {
            int end = identifier.indexOf("__", at + 2);
            if (end < 0) {
                return null;
            }
            String word = identifier.substring(at + 2, end);
            String stands = stands(word, identifier.length() == word.length() + 4);
            if (stands == null) {
                return null;
            }
            b.append(identifier, from, at).append(stands);
            from = end + 2;
            at = identifier.indexOf("__", from);
        }
        return b.append(identifier, from, identifier.length()).toString();
    }

    private static @Nullable String stands(String word, boolean whole) {
        return switch (word) {
            case "underscores" -> "__";
            case "dot" -> ".";
            case "dash" -> "-";
            case "slash" -> "/";
            default -> whole && RESERVED.contains(word) ? word : null;
        };
    }
}
