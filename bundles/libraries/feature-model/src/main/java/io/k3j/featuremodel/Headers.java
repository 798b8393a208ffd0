package io.k3j.featuremodel;

import java.util.ArrayList;
import java.util.List;

/// The clauses of a manifest header, as OSGi writes them: `a;version="1.0,2",b;x:=y`.
final class Headers {
    private Headers() {
    }

    /// The names of all clauses: what stands before the first attribute of each.
    static List<String> names(String header) {
        List<String> names = new ArrayList<>();
        for (String clause : split(header, ',')) {
            for (String part : split(clause, ';')) {
                if (part.indexOf('=') < 0 && !part.isBlank()) {
                    names.add(part.strip());
                }
            }
        }
        return names;
    }

    /// Parts of a text between separators that are not in quotes.
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            quoted ^= text.charAt(i) == '"';
            if (text.charAt(i) == separator && !quoted) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return parts;
    }
}
