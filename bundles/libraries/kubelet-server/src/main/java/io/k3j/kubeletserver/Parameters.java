package io.k3j.kubeletserver;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The parameters of a request. Pure; nothing here fails but [#number].
/// @param values by name, in the order they came; a parameter without `=` has the empty value
record Parameters(Map<String, List<String>> values) {
    /// From the raw text after `?`. Both parts are decoded from `application/x-www-form-urlencoded`, so a plus is a
    /// blank.
    /// @param raw empty for no parameters
    static Parameters of(String raw) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (String pair : raw.split("&")) {
            int eq = pair.indexOf('=');
            if (!pair.isEmpty()) {
                all.computeIfAbsent(decoded(eq < 0 ? pair : pair.substring(0, eq)), k -> new ArrayList<>())
                        .add(eq < 0 ? "" : decoded(pair.substring(eq + 1)));
            }
        }
        return new Parameters(all);
    }

    /// What is not encoded as it should be is taken as it is; the request is not refused for it.
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /// All values of a parameter.
    /// @return empty when there is none; `command` and `port` may come several times
    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /// The first value, empty when there is none.
    String first(String name) {
        return all(name).stream().findFirst().orElse("");
    }

    /// Whether a parameter has a value.
    boolean has(String name) {
        return !first(name).isEmpty();
    }

    /// Whether a parameter is `1` or `true`. kubectl writes `true`, the API server `1`; all else is false.
    boolean flag(String name) {
        return first(name).equals("1") || first(name).equalsIgnoreCase("true");
    }

    /// A whole number, `otherwise` when it is missing. The first value counts.
    /// @throws NumberFormatException when it is not one
    long number(String name, long otherwise) {
        return first(name).isEmpty() ? otherwise : Long.parseLong(first(name));
    }
}
