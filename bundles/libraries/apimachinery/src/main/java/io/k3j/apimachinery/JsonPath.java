package io.k3j.apimachinery;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// The subset of kubectl's JSONPath that printer columns and selectable fields of CustomResourceDefinitions may have:
/// `.a.b`, `['a.b']`, `[0]`, `[-1:]`, `[*]`, `[?(@.type=="Ready")]`, but not `..`. Immutable; any thread. See
/// <https://kubernetes.io/docs/reference/kubectl/jsonpath/>.
public final class JsonPath {
    private static final int END = Integer.MAX_VALUE;
    private final List<Step> steps;

    private JsonPath(List<Step> steps) {
        this.steps = steps;
    }

    private sealed interface Step {
        record Field(String name) implements Step {
        }

        /// Elements `from` to behind `to`, both from the end of the list where they are negative.
        record Slice(int from, int to) implements Step {
        }

        record All() implements Step {
        }

        record Filter(JsonPath path, String operator, String value) implements Step {
        }
    }

    /// Parses a path.
    /// @throws IllegalArgumentException for an unsupported path
    public static JsonPath parse(String text) {
        String t = text.strip();
        if (t.startsWith("{") && t.endsWith("}")) {
            t = t.substring(1, t.length() - 1).strip();
        }
        return new JsonPath(List.copyOf(new Parser(t.startsWith("$") ? t.substring(1) : t).steps()));
    }

    /// All values at the path, in order.
    public List<Object> values(Object root) {
        List<Object> now = List.of(root);
        for (Step step : steps) {
            List<Object> next = new ArrayList<>();
            now.forEach(v -> follow(step, v, next));
            now = next;
        }
        return now;
    }

    /// The names of the fields a path leads through; empty when it leads through anything else.
    public List<String> fields() {
        return steps.stream().allMatch(Step.Field.class::isInstance)
                ? steps.stream().map(s -> ((Step.Field) s).name()).toList() : List.of();
    }

    private static void follow(Step step, Object value, List<Object> to) {
        switch (step) {
            case Step.Field f -> {
                Object child = value instanceof Struct s ? s.get(f.name) : null;
                if (child != null) {
                    to.add(child);
                }
            }
            case Step.Slice s -> {
                if (value instanceof Seq all) {
                    slice(s, all, to);
                }
            }
            case Step.All all -> {
                if (value instanceof Seq s) {
                    s.forEach(to::add);
                } else if (value instanceof Struct s) {
                    s.forEach((n, v) -> to.add(v));
                }
            }
            case Step.Filter f -> {
                if (value instanceof Seq s) {
                    s.stream().filter(v -> holds(f, v)).forEach(to::add);
                }
            }
        }
    }

    /// As upstream, nothing where one of the bounds is none of the list.
    private static void slice(Step.Slice slice, Seq all, List<Object> to) {
        int from = slice.from < 0 ? slice.from + all.size() : slice.from;
        int end = slice.to == END ? all.size() : slice.to < 0 ? slice.to + all.size() : slice.to;
        for (int i = from; from >= 0 && end <= all.size() && i < end; i++) {
            to.add(all.get(i));
        }
    }

    private static boolean holds(Step.Filter filter, Object element) {
        List<Object> found = filter.path.values(element);
        if (found.isEmpty()) {
            return false;
        }
        if (filter.operator.isEmpty()) {
            return true;
        }
        String value = String.valueOf(found.getFirst());
        return switch (filter.operator) {
            case "==" -> value.equals(filter.value);
            case "!=" -> !value.equals(filter.value);
            default -> compared(value, filter.operator, filter.value);
        };
    }

    private static boolean compared(String left, String operator, String right) {
        try {
            int c = Double.compare(Double.parseDouble(left), Double.parseDouble(right));
            return switch (operator) {
                case "<" -> c < 0;
                case "<=" -> c <= 0;
                case ">" -> c > 0;
                default -> c >= 0;
            };
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /// A recursive descent parser.
    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        List<Step> steps() {
            List<Step> all = new ArrayList<>();
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == '[') {
                    all.add(bracket());
                } else {
                    at += c == '.' ? 1 : 0;
                    if (at < text.length() && text.charAt(at) != '[') {
                        all.add(field());
                    }
                }
            }
            return all;
        }

        private Step field() {
            StringBuilder name = new StringBuilder();
            while (at < text.length() && text.charAt(at) != '.' && text.charAt(at) != '[') {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                name.append(text.charAt(at++));
            }
            if (name.isEmpty()) {
                throw new IllegalArgumentException("unrecognized character in: " + text);
            }
            return name.toString().equals("*") ? new Step.All() : new Step.Field(name.toString());
        }

        private Step bracket() {
            int end = closing();
            String inside = text.substring(at + 1, end).strip();
            at = end + 1;
            if (inside.equals("*")) {
                return new Step.All();
            }
            if (inside.startsWith("?(") && inside.endsWith(")")) {
                return filter(inside.substring(2, inside.length() - 1).strip());
            }
            if (inside.startsWith("'") || inside.startsWith("\"")) {
                return new Step.Field(unquoted(inside));
            }
            try {
                return slice(inside);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("invalid array index " + inside, e);
            }
        }

        private static Step slice(String text) {
            int colon = text.indexOf(':');
            if (colon < 0) {
                int index = Integer.parseInt(text);
                return new Step.Slice(index, index == -1 ? END : index + 1);
            }
            String to = text.substring(colon + 1);
            return new Step.Slice(colon == 0 ? 0 : Integer.parseInt(text.substring(0, colon)),
                    to.isEmpty() ? END : Integer.parseInt(to));
        }

        private int closing() {
            char quote = 0;
            for (int i = at + 1; i < text.length(); i++) {
                char c = text.charAt(i);
                if (quote != 0) {
                    quote = c == quote ? 0 : quote;
                } else if (c == '\'' || c == '"') {
                    quote = c;
                } else if (c == ']') {
                    return i;
                }
            }
            throw new IllegalArgumentException("unterminated array");
        }

        private static Step filter(String condition) {
            for (String operator : List.of("==", "!=", "<=", ">=", "<", ">")) {
                int i = condition.indexOf(operator);
                if (i > 0) {
                    return new Step.Filter(element(condition.substring(0, i)), operator,
                            unquoted(condition.substring(i + operator.length()).strip()));
                }
            }
            return new Step.Filter(element(condition), "", "");
        }

        private static JsonPath element(String path) {
            String p = path.strip();
            return parse(p.startsWith("@") ? p.substring(1) : p);
        }

        private static String unquoted(String text) {
            boolean quoted = text.length() > 1 && (text.charAt(0) == '\'' || text.charAt(0) == '"')
                    && text.charAt(text.length() - 1) == text.charAt(0);
            return quoted ? text.substring(1, text.length() - 1) : text;
        }
    }
}
