package io.k3j.kuberuntime;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// `$(NAME)` in commands, arguments, environment values and sub-path expressions; `$$` is a dollar. Unknown
/// names stay as they are. See
/// <https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/>.
///
/// Upstream's `third_party/forked/golang/expansion`. One thread, for one text.
public final class Expansion {
    private final StringBuilder made = new StringBuilder();
    private final Map<String, String> values;
    private final Set<String> missing = new TreeSet<>();
    private long left;

    private Expansion(Map<String, String> values, long most) {
        this.values = values;
        left = most;
    }

    /// A text with every name replaced that has a value. It goes over the text once: what a value brings in is not
    /// expanded again, so a value cannot refer to itself.
    /// @param values an empty text is a value, too
    /// @param most bytes of UTF-8 that it may become; a text with a few names may become any length
    /// @return empty when it would become longer
    public static Optional<String> of(String text, Map<String, String> values, long most) {
        Expansion one = new Expansion(values, most);
        return one.all(text) ? Optional.of(one.made.toString()) : Optional.empty();
    }

    /// The names in a text that have no value, or an empty one, in order.
    public static Set<String> missing(String text, Map<String, String> values) {
        Expansion one = new Expansion(values, Long.MAX_VALUE);
        one.all(text);
        return one.missing;
    }

    private boolean all(String text) {
        int last = text.lastIndexOf(')');
        int i = 0;
        while (i < text.length() && left >= 0) {
            char next = text.charAt(i) == '$' && i + 1 < text.length() ? text.charAt(i + 1) : 0;
            if (next == '(' && i < last) {
                int end = text.indexOf(')', i);
                String name = text.substring(i + 2, end);
                String value = values.get(name);
                if (value == null || value.isEmpty()) {
                    missing.add(name);
                }
                add(value == null ? "$(" + name + ")" : value);
                i = end + 1;
            } else {
                add(text.charAt(i));
                i += next == '$' ? 2 : 1;
            }
        }
        return left >= 0;
    }

    private void add(char c) {
        left -= ExecLimits.bytes(c);
        made.append(c);
    }

    private void add(String piece) {
        left -= ExecLimits.bytes(piece);
        if (left >= 0) {
            made.append(piece);
        }
    }
}
