package io.k3j.codec;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/// What plain words mean, as Kubernetes' YAML library takes them (YAML 1.1: `yes` is true, `0644` is octal).
final class YamlScalars {
    private static final String TAGS = "tag:yaml.org,2002:";
    private static final int ASCII = 128;

    private YamlScalars() {
    }

    /// What a scalar with or without a tag is. Quotes and blocks are always strings.
    static Object value(ScalarEvent event) {
        String tag = event.getTag().orElse("");
        String text = event.getValue();
        if (tag.isEmpty() || tag.equals("!")) {
            return event.isPlain() && tag.isEmpty() ? plain(text) : text;
        }
        return switch (tag.startsWith(TAGS) ? tag.substring(TAGS.length()) : tag) {
            case "str" -> text;
            case "binary" -> text;
            case "bool", "int", "float", "null" -> plain(text);
            default -> throw unsupported(tag);
        };
    }

    /// The same, but words that are not null as they are written, as go-yaml gives them to a field that is text.
    static Object written(ScalarEvent event) {
        return value(event) == Null.NULL ? Null.NULL : event.getValue();
    }

    /// Refuses every tag of a mapping or list but the one that says nothing.
    static void collection(String tag, String expected) {
        if (!tag.isEmpty() && !tag.equals("!") && !tag.equals(TAGS + expected)) {
            throw unsupported(tag);
        }
    }

    /// A tag of a language would ask for a type of it; that is never made here.
    private static MalformedInput unsupported(String tag) {
        return new MalformedInput("error converting YAML to JSON: yaml: the tag " + tag + " is not supported");
    }

    /// What a word without quotes is: null, a flag, a number, else a string. [YamlText] asks this as well, so that a
    /// string is quoted exactly when it would be read as something else.
    static Object plain(String text) {
        return switch (text) {
            case "", "~", "null", "Null", "NULL" -> Null.NULL;
            case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON" -> true;
            case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF" -> false;
            default -> number(text);
        };
    }

    /// A field's name: JSON has only strings. As sigs.k8s.io/yaml makes names of numbers and flags.
    static String name(Object key) {
        return switch (key) {
            case String s -> s;
            case Struct s -> throw new MalformedInput("error converting YAML to JSON: a mapping cannot be a name");
            case Seq s -> throw new MalformedInput("error converting YAML to JSON: a list cannot be a name");
            case Double d -> JsonWriter.number(d);
            default -> key.toString();
        };
    }

    /// Underscores between digits say nothing, as in go-yaml.
    private static Object number(String text) {
        char first = text.charAt(0);
        if ((first < '0' || first > '9') && first != '-' && first != '+' && first != '.') {
            return text;
        }
        String digits = text.indexOf('_') < 0 ? text : text.replace("_", "");
        Long whole = whole(digits);
        return whole != null ? whole : decimal(digits) ? decimalValue(digits, text) : text;
    }

    /// Beyond what a double holds it stays text.
    private static Object decimalValue(String digits, String text) {
        double d = Double.parseDouble(digits);
        return Double.isInfinite(d) ? text : (Object) d;
    }

    /// As Go reads a number whose base is told by its beginning, or null. Null also where the digits are none of that
    /// base, or more than 64 bits hold. Words that are no such number are as frequent as a client likes: none costs an
    /// exception.
    private static @Nullable Long whole(String text) {
        boolean negative = text.startsWith("-");
        int from = negative || text.startsWith("+") ? 1 : 0;
        if (from + 1 >= text.length() || text.charAt(from) != '0') {
            return digits(text, from, 10, negative);
        }
        return switch (text.charAt(from + 1)) {
            case 'x', 'X' -> digits(text, from + 2, 16, negative);
            case 'b', 'B' -> digits(text, from + 2, 2, negative);
            case 'o', 'O' -> digits(text, from + 2, 8, negative);
            default -> digits(text, from + 1, 8, negative);
        };
    }

    /// Counted below zero, where there is room for one more.
    private static @Nullable Long digits(String text, int from, int radix, boolean negative) {
        long least = negative ? Long.MIN_VALUE : -Long.MAX_VALUE;
        long value = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = c < ASCII ? Character.digit(c, radix) : -1;
            if (digit < 0 || value < least / radix || value * radix < least + digit) {
                return null;
            }
            value = value * radix - digit;
        }
        return from >= text.length() ? null : (Long) (negative ? value : -value);
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?` The pattern of go-yaml, without a regular expression: the
    /// text is a client's.
    private static boolean decimal(String text) {
        int i = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        int whole = digits(text, i);
        i += whole;
        int fraction = 0;
        if (i < text.length() && text.charAt(i) == '.') {
            fraction = digits(text, i + 1);
            i += 1 + fraction;
        }
        if (whole + fraction == 0) {
            return false;
        }
        if (i < text.length() && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
            i++;
            i += i < text.length() && (text.charAt(i) == '-' || text.charAt(i) == '+') ? 1 : 0;
            int power = digits(text, i);
            return power > 0 && i + power == text.length();
        }
        return i == text.length();
    }

    /// How many decimal digits stand there.
    private static int digits(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i - from;
    }
}
