package io.k3j.assembly;

import java.util.ArrayList;
import java.util.List;

/// OSGi manifest headers.
final class Headers {
    private Headers() {
    }

    /// The names of a header's clauses, without attributes; commas in quotes do not count.
    static List<String> clauses(String header) {
        List<String> names = new ArrayList<>();
        StringBuilder clause = new StringBuilder();
        boolean quoted = false;
        for (char c : (header + ",").toCharArray()) {
            quoted ^= c == '"';
            if (c == ',' && !quoted) {
                names.add(name(clause.toString()));
                clause.setLength(0);
            } else {
                clause.append(c);
            }
        }
        return names;
    }

    private static String name(String clause) {
        int end = clause.indexOf(';');
        return (end < 0 ? clause : clause.substring(0, end)).trim();
    }
}
