package io.k3j.e2e;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The lines a command of a transcript must print. Literal text, but for
/// - `{age}`, `{ip}`, `{uid}`, `{time}`, `{n}`, `{id}` (letters, digits, dashes) and `{any}`: what differs each time;
/// - `{x=…}` with one of these after the sign: the same, and kept as shell variable `x` for later commands; used
///   twice in one output, both must be equal;
/// - `{$x}`: the value an earlier command's output gave to `x`;
/// - two or more blanks inside a line: any number ≥ 2 (columns are as wide as their widest cell);
/// - a line `...`: any number of lines, none included.
final class Expectation {
    private static final Map<String, String> KINDS = Map.of(
            "age", "(?:\\d+[smhdy])+|<unknown>|0s",
            "ip", "\\d+\\.\\d+\\.\\d+\\.\\d+",
            "uid", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            "time", "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z",
            "n", "\\d+",
            "id", "[a-z0-9-]+",
            "any", ".*?");
    private static final Pattern TOKEN = Pattern
            .compile("\\{(?:(\\w+)=)?(age|ip|uid|time|n|id|any)\\}|\\{\\$(\\w+)\\}");
    private static final String SKIP = "...";

    private final List<String> lines;

    Expectation(List<String> lines) {
        this.lines = List.copyOf(lines);
    }

    /// What is expected, as written.
    @Override
    public String toString() {
        return String.join("\n", lines);
    }

    /// Whether `text` is as expected. New values are added to `kept` when it is.
    boolean met(String text, Map<String, String> kept) {
        Matcher matcher = matcher(lines.size(), text, kept, "\\z");
        if (!matcher.matches()) {
            return false;
        }
        Map<String, String> found = new HashMap<>();
        List<String> names = names();
        for (int i = 0; i < names.size(); i++) {
            String before = found.put(names.get(i), matcher.group(i + 1));
            if (before != null && !before.equals(matcher.group(i + 1))) {
                return false;
            }
        }
        kept.putAll(found);
        return true;
    }

    /// The first line that was not met, for the person who looks for the difference.
    String unmet(String text, Map<String, String> kept) {
        for (int count = 1; count <= lines.size(); count++) {
            if (!matcher(count, text, kept, "").find()) {
                return lines.get(count - 1);
            }
        }
        return "(the end)";
    }

    private Matcher matcher(int count, String text, Map<String, String> kept, String end) {
        StringBuilder all = new StringBuilder("(?s)\\A");
        for (String line : lines.subList(0, count)) {
            all.append(line.equals(SKIP) ? "(?:[^\\n]*\\n)*?" : pattern(line, kept) + "[ \\t]*\\n");
        }
        return Pattern.compile(all.append(end).toString()).matcher(normal(text));
    }

    /// The names in the order of their groups.
    private List<String> names() {
        List<String> names = new ArrayList<>();
        Matcher token = TOKEN.matcher(toString());
        while (token.find()) {
            if (token.group(1) != null) {
                names.add(token.group(1));
            }
        }
        return names;
    }

    private static String normal(String text) {
        String plain = text.replace("\r\n", "\n");
        return plain.isEmpty() || plain.endsWith("\n") ? plain : plain + "\n";
    }

    private static String pattern(String line, Map<String, String> kept) {
        StringBuilder pattern = new StringBuilder();
        Matcher token = TOKEN.matcher(line);
        int from = 0;
        while (token.find()) {
            pattern.append(literal(line.substring(from, token.start()), from == 0));
            if (token.group(3) != null) {
                pattern.append(Pattern.quote(kept.getOrDefault(token.group(3), "{unknown " + token.group(3) + "}")));
            } else {
                pattern.append(token.group(1) == null ? "(?:" : "(").append(kind(token.group(2))).append(')');
            }
            from = token.end();
        }
        return pattern.append(literal(line.substring(from), from == 0)).toString();
    }

    /// Never past the end of a line.
    private static String kind(String name) {
        return KINDS.getOrDefault(name, "").replace(".*?", "[^\\n]*?");
    }

    private static String literal(String text, boolean start) {
        StringBuilder pattern = new StringBuilder();
        int at = 0;
        while (start && at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        pattern.append(" ".repeat(at));
        while (at < text.length()) {
            int blanks = at;
            while (blanks < text.length() && text.charAt(blanks) == ' ') {
                blanks++;
            }
            if (blanks - at >= 2) {
                pattern.append(" {2,}");
                at = blanks;
            } else {
                pattern.append(Pattern.quote(text.substring(at, at + 1)));
                at++;
            }
        }
        return pattern.toString();
    }
}
