package io.k3j.dnsplugins;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// The part of Go's templates that Corefiles use: `{{ .Name }}`, `{{ .Group.x }}`, `{{ index .Match 1 }}` and
/// `{{ index .Group "x" }}`, with `{{-` and `-}}` taking the white space off. What else Go has (pipes, `if`, functions)
/// is refused when the Corefile is read. Immutable.
public final class GoTemplate {
    private static final Pattern ACTION = Pattern.compile("(?s)\\{\\{(-\\s)?(.*?)(\\s-)?\\}\\}");
    private static final Pattern FIELD = Pattern.compile("\\.(Name|Type|Class|Zone|Remote|Question\\.Name)");
    private static final Pattern GROUP = Pattern.compile("\\.Group\\.(\\w+)|index\\s+\\.Group\\s+\"(\\w+)\"");
    private static final Pattern MATCH = Pattern.compile("index\\s+\\.Match\\s+(\\d{1,3})");
    private final List<Function<Values, String>> parts;

    /// What a template is filled with.
    ///
    /// @param fields by name, as `Name`
    /// @param groups of the regular expression, by number and name
    record Values(Map<String, String> fields, Map<String, String> groups) {
    }

    private GoTemplate(List<Function<Values, String>> parts) {
        this.parts = parts;
    }

    /// Reads a template.
    /// @param text with its actions; text outside of them is taken as it is
    /// @throws UnsupportedOperationException for an action that is not there
    public static GoTemplate of(String text) {
        List<Function<Values, String>> parts = new ArrayList<>();
        Matcher m = ACTION.matcher(text);
        int from = 0;
        boolean trim = false;
        while (m.find()) {
            String before = text.substring(from, m.start());
            add(parts, before, trim, m.group(1) != null);
            parts.add(action(m.group(2).strip()));
            trim = m.group(3) != null;
            from = m.end();
        }
        add(parts, text.substring(from), trim, false);
        return new GoTemplate(List.copyOf(parts));
    }

    /// The text between two actions, without the white space that these take off.
    private static void add(List<Function<Values, String>> parts, String text, boolean left, boolean right) {
        UnaryOperator<String> begin = left ? String::stripLeading : UnaryOperator.identity();
        UnaryOperator<String> end = right ? String::stripTrailing : UnaryOperator.identity();
        String trimmed = end.apply(begin.apply(text));
        parts.add(_ -> trimmed);
    }

    /// The one part of the language that is here.
    /// @throws UnsupportedOperationException for the rest of it
    private static Function<Values, String> action(String text) {
        Matcher field = FIELD.matcher(text);
        if (field.matches()) {
            String name = field.group(1).equals("Question.Name") ? "Name" : field.group(1);
            return v -> v.fields().getOrDefault(name, "");
        }
        Matcher group = GROUP.matcher(text);
        if (group.matches()) {
            String name = group.group(1) == null ? group.group(2) : group.group(1);
            return v -> v.groups().getOrDefault(name, "");
        }
        Matcher match = MATCH.matcher(text);
        if (match.matches()) {
            String number = match.group(1);
            return v -> v.groups().getOrDefault(number, "");
        }
        throw new UnsupportedOperationException("template action {{ " + text + " }}");
    }

    /// @param values a field or group that is not among them leaves nothing
    /// @return the text; whether it is a record is not looked at
    String fill(Values values) {
        StringBuilder all = new StringBuilder();
        parts.forEach(p -> all.append(p.apply(values)));
        return all.toString();
    }
}
