package io.k3j.kuberuntime;

import java.util.Map;

/// `$(NAME)` in commands, arguments, environment values and sub-path expressions; `$$` is a dollar. Unknown
/// names stay as they are. See
/// <https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/>.
///
/// Pure. Any thread. Upstream's `third_party/forked/golang/expansion`.
public final class Expansion {
    private Expansion() {
    }

    /// A text with every name replaced that has a value. It goes over the text once: what a value brings in is not
    /// expanded again, so a value cannot refer to itself.
    /// @param values an empty text is a value, too
    /// @return `text` itself when there is nothing to expand
    public static String of(String text, Map<String, String> values) {
        if (text.indexOf('$') < 0) {
            return text;
        }
        StringBuilder b = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
            if (c != '$' || next != '$' && next != '(') {
                b.append(c);
            } else if (next == '$') {
                b.append('$');
                i++;
            } else {
                int end = text.indexOf(')', i);
                String name = end < 0 ? "" : text.substring(i + 2, end);
                String value = values.get(name);
                if (end < 0 || value == null) {
                    b.append(c);
                } else {
                    b.append(value);
                    i = end;
                }
            }
        }
        return b.toString();
    }
}
