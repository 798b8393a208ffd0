package io.k3j.codec;

import java.util.Set;

/// How a string is written so that it is read as the same string.
///
/// As go-yaml writes strings, of which kubectl's output is made: plain where it can be, single quotes where a sign
/// would mean something, double quotes where a plain one would be another type or a character needs an escape.
final class YamlText {
    /// No plain text begins with one of these.
    private static final String INDICATORS = ",[]{}#&*!|>'\"%@`";
    /// What other readers take for numbers that JSON does not have.
    private static final Set<String> NO_NUMBERS = Set.of(".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf",
            "-.Inf", "-.INF", ".nan", ".NaN", ".NAN");

    private YamlText() {
    }

    /// Whether a text of several lines may stand as a block: no characters that need an escape. A block keeps line
    /// breaks as they are, but cannot say what has an escape; one of blanks alone would not be told from its indent.
    static boolean literal(String s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c != '\n' && (escaped(c) || c == '\uFEFF')) {
                return false;
            }
        }
        return !s.isBlank();
    }

    /// Plain where that is the same string again, else in single or double quotes.
    /// @param s without a line break, or one that no block can hold
    /// @return text for one line, also for a name
    static String oneLine(String s) {
        if (!(YamlScalars.plain(s) instanceof String) || sexagesimal(s) || timestamp(s) || s.equals("<<")
                || NO_NUMBERS.contains(s)) {
            return quoted(s);
        }
        for (int i = 0; i < s.length(); i++) {
            if (escaped(s.charAt(i))) {
                return quoted(s);
            }
        }
        return plain(s) ? s : "'" + s.replace("'", "''") + "'";
    }

    /// Whether a character can stand in double quotes only, as an escape: it is a line break, or none that can be
    /// printed.
    private static boolean escaped(char c) {
        return c == '\n' || TerminalText.isControl(c) || c == '\u2028' || c == '\u2029' || c == '\uFEFF'
                || c >= '\uFFFE';
    }

    /// Whether nothing in it means something to YAML.
    private static boolean plain(String s) {
        char first = s.charAt(0);
        boolean dash = first == '-' || first == '?' || first == ':';
        if (INDICATORS.indexOf(first) >= 0 || dash && (s.length() == 1 || blank(s.charAt(1)))
                || s.startsWith("---") || s.startsWith("...") || blank(first) || blank(s.charAt(s.length() - 1))) {
            return false;
        }
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            boolean end = i + 1 == s.length();
            if (c == ':' && (end || blank(s.charAt(i + 1))) || c == '#' && i > 0 && blank(s.charAt(i - 1))
                    || c == '\t') {
                return false;
            }
        }
        return true;
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }

    /// `1:30`, which older readers take for a number of base 60. YAML 1.1 has such numbers; ours are not read so.
    private static boolean sexagesimal(String s) {
        boolean colon = false;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            colon |= c == ':';
            if (c != ':' && c != '.' && c != '_' && (c < '0' || c > '9') && !(i == 0 && (c == '-' || c == '+'))) {
                return false;
            }
        }
        return colon;
    }

    /// `2026-11-20` with or without a time, which other readers take for more than a string. Close enough: what is
    /// taken for one without need is quoted, no more.
    private static boolean timestamp(String s) {
        int i = run(s, 0);
        if (i != 4 || i == s.length() || s.charAt(i) != '-') {
            return false;
        }
        int month = run(s, i + 1);
        i += 1 + month;
        if (month < 1 || month > 2 || i == s.length() || s.charAt(i) != '-') {
            return false;
        }
        int day = run(s, i + 1);
        i += 1 + day;
        return day >= 1 && day <= 2 && (i == s.length() || "Tt ".indexOf(s.charAt(i)) >= 0 && run(s, i + 1) > 0);
    }

    /// How many digits follow.
    private static int run(String s, int from) {
        int i = from;
        while (i < s.length() && s.charAt(i) >= '0' && s.charAt(i) <= '9') {
            i++;
        }
        return i - from;
    }

    /// In double quotes, where everything can be said.
    private static String quoted(String s) {
        StringBuilder b = new StringBuilder("\"");
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '"', '\\' -> b.append('\\').append(c);
                case '\n' -> b.append("\\n");
                case '\r' -> b.append("\\r");
                case '\t' -> b.append("\\t");
                default -> {
                    if (escaped(c)) {
                        b.append(c < 0x100 ? "\\x%02X".formatted((int) c) : "\\u%04X".formatted((int) c));
                    } else {
                        b.append(c);
                    }
                }
            }
        }
        return b.append('"').toString();
    }
}
