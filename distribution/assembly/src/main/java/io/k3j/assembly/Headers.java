package io.k3j.assembly;

import java.util.ArrayList;
import java.util.List;

/// OSGi manifest headers: clauses between commas, of parts between semicolons.
final class Headers {
    private Headers() {
    }

    /// The names of a header's clauses, without attributes; commas in quotes do not count.
    static List<String> clauses(String header) {
        return split(header, ',').stream().map(clause -> parts(clause).getFirst()).toList();
    }

    /// The parts of a clause, names first, then attributes (`version="1.0"`) and directives (`uses:="a,b"`).
    static List<String> parts(String clause) {
        return split(clause, ';');
    }

    /// Splits where the separator stands outside of quotes.
    static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            quoted ^= c == '"';
            if (c == separator && !quoted) {
                parts.add(text.substring(from, i).trim());
                from = i + 1;
            }
        }
        parts.add(text.substring(from).trim());
        return parts;
    }

    /// The attribute `version` of a clause without its quotes, or this.
    static String version(List<String> parts, String otherwise) {
        return parts.stream().filter(Headers::isVersion)
                .map(part -> part.substring(part.indexOf('=') + 1).trim().replace("\"", "")).findFirst()
                .orElse(otherwise);
    }

    /// Whether a part is the attribute `version`, with or without its type.
    static boolean isVersion(String part) {
        int end = part.indexOf('=');
        int colon = part.indexOf(':');
        int name = colon >= 0 && colon < end ? colon : end;
        return name > 0 && part.charAt(end - 1) != ':' && part.substring(0, name).trim().equals("version");
    }

    /// Whether a part is a name: neither attribute nor directive.
    static boolean isName(String part) {
        return part.indexOf('=') < 0;
    }
}
