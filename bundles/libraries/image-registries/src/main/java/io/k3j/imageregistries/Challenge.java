package io.k3j.imageregistries;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a registry wants to see: one challenge of `WWW-Authenticate` (RFC 9110 11.6.1). Immutable.
///
/// @param scheme in small letters: `basic` or `bearer`
/// @param parameters names in small letters
/// @param header as it came
record Challenge(String scheme, Map<String, String> parameters, String header) {
    private static final int MAX_LENGTH = 8192;

    /// The one of these headers that can be met, a token first.
    static Optional<Challenge> of(List<String> headers) {
        List<Challenge> all = headers.stream().filter(h -> h.length() <= MAX_LENGTH).map(Challenge::parse)
                .filter(c -> c.scheme.equals("bearer") && c.parameters.containsKey("realm") || c.scheme.equals("basic"))
                .toList();
        return all.stream().filter(c -> c.scheme.equals("bearer")).findFirst().or(() -> all.stream().findFirst());
    }

    private static Challenge parse(String header) {
        String text = header.strip();
        int blank = text.indexOf(' ');
        String scheme = (blank < 0 ? text : text.substring(0, blank)).toLowerCase(Locale.ROOT);
        return new Challenge(scheme, blank < 0 ? Map.of() : parameters(text, blank + 1), text);
    }

    /// `name=value` or `name="quoted value"`, separated by commas; stops where it cannot be read.
    private static Map<String, String> parameters(String text, int from) {
        Map<String, String> all = new LinkedHashMap<>();
        int i = from;
        for (int equals = text.indexOf('=', i); equals > 0; equals = text.indexOf('=', i)) {
            String name = text.substring(i, equals).replace(",", "").strip().toLowerCase(Locale.ROOT);
            StringBuilder value = new StringBuilder();
            i = equals + 1 < text.length() && text.charAt(equals + 1) == '"'
                    ? quoted(text, equals + 2, value) : plain(text, equals + 1, value);
            all.putIfAbsent(name, value.toString());
        }
        return all;
    }

    /// @return behind the closing quote
    private static int quoted(String text, int from, StringBuilder value) {
        int i = from;
        while (i < text.length() && text.charAt(i) != '"') {
            if (text.charAt(i) == '\\' && i + 1 < text.length()) {
                i++;
            }
            value.append(text.charAt(i++));
        }
        return Math.min(i + 1, text.length());
    }

    private static int plain(String text, int from, StringBuilder value) {
        int comma = text.indexOf(',', from);
        int end = comma < 0 ? text.length() : comma;
        value.append(text, from, end);
        return end;
    }
}
