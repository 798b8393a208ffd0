package io.k3j.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// A field selector: every requirement must hold. See
/// <https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/>.
public record FieldSelector(List<Requirement> requirements) {
    /// Selects every object.
    public static final FieldSelector EVERYTHING = new FieldSelector(List.of());
    /// What a backslash may stand before.
    private static final String ESCAPED = "\\,=";

    /// `field` equals (or, if `negated`, does not equal) `value`.
    public record Requirement(String field, String value, boolean negated) {
    }

    /// From the text of a `fieldSelector` parameter; `\\`, `\,` and `\=` escape.
    /// @throws IllegalArgumentException when it cannot be understood
    public static FieldSelector parse(String text) {
        List<Requirement> all = new ArrayList<>();
        for (String part : terms(text)) {
            if (!part.isEmpty()) {
                all.add(requirement(part, text));
            }
        }
        return new FieldSelector(List.copyOf(all));
    }

    /// One field equal to one value.
    public static FieldSelector of(String field, String value) {
        return new FieldSelector(List.of(new Requirement(field, value, false)));
    }

    private static Requirement requirement(String part, String whole) {
        int eq = part.indexOf('=');
        if (eq < 1) {
            throw new IllegalArgumentException(
                    "invalid field selector: \"" + whole + "\"; can't understand \"" + part + "\"");
        }
        boolean negated = part.charAt(eq - 1) == '!';
        int from = part.startsWith("==", eq) ? eq + 2 : eq + 1;
        return new Requirement(part.substring(0, negated ? eq - 1 : eq), unescaped(part.substring(from)), negated);
    }

    private static List<String> terms(String text) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == ',') {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return parts;
    }

    /// A `=` without a backslash may be a mistake for `,`; upstream refuses it, and a backslash before anything else.
    private static String unescaped(String value) {
        StringBuilder b = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                i++;
                c = i < value.length() ? value.charAt(i) : ' ';
                if (ESCAPED.indexOf(c) < 0) {
                    throw new IllegalArgumentException("invalid field selector: invalid escape sequence: "
                            + value.substring(i - 1, Math.min(i + 1, value.length())));
                }
            } else if (c == '=') {
                throw new IllegalArgumentException("invalid field selector: unescaped character in value: " + (int) c);
            }
            b.append(c);
        }
        return b.toString();
    }

    /// Whether an object is selected whose fields `value` tells (the empty string for an unset one).
    public boolean matches(UnaryOperator<String> value) {
        for (Requirement r : requirements) {
            if (value.apply(r.field()).equals(r.value()) == r.negated()) {
                return false;
            }
        }
        return true;
    }

    /// Whether everything is selected.
    public boolean everything() {
        return requirements.isEmpty();
    }

    /// As a `fieldSelector` parameter.
    @Override
    public String toString() {
        return String.join(",", requirements.stream()
                .map(r -> r.field() + (r.negated() ? "!=" : "=") + r.value().replace("\\", "\\\\").replace(",", "\\,")
                        .replace("=", "\\="))
                .toList());
    }
}
