package io.k3j.apirequests;

import io.k3j.clientapi.ApiFault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.StringJoiner;

/// The query of a request: names and values, decoded, in order of arrival; a name may come several times. Unknown
/// parameters are no error, as upstream. Immutable, any thread.
public final class Params {
    /// Without any.
    static final Params NONE = new Params(Map.of());
    private final Map<String, List<String>> values;

    private Params(Map<String, List<String>> values) {
        this.values = values;
    }

    /// From the raw query. `+` and `%20` are blanks, a name without `=` has an empty value, nothing between two `&` is
    /// nothing. A semicolon is a character as any other.
    ///
    /// @param query without the question mark
    /// @throws ApiFault 400 when an escape is broken
    public static Params parse(String query) {
        if (query.isEmpty()) {
            return NONE;
        }
        Map<String, List<String>> all = new LinkedHashMap<>();
        try {
            for (String part : query.split("&")) {
                if (!part.isEmpty()) {
                    int eq = part.indexOf('=');
                    String name = Escapes.ofQuery(eq < 0 ? part : part.substring(0, eq));
                    all.computeIfAbsent(name, n -> new ArrayList<>())
                            .add(eq < 0 ? "" : Escapes.ofQuery(part.substring(eq + 1)));
                }
            }
        } catch (IllegalArgumentException e) {
            throw ApiFault.badRequest("invalid query: " + e.getMessage());
        }
        return new Params(all);
    }

    /// As a query that says to every reader what this one has read, and nothing more: who passes a request on that was
    /// authorized by its parameters sends these, never the text that came.
    public String encoded() {
        StringJoiner all = new StringJoiner("&");
        values.forEach((name, some) -> some.forEach(v -> all.add(Escapes.toQuery(name) + "=" + Escapes.toQuery(v))));
        return all.toString();
    }

    /// The first value, empty when there is none.
    public String text(String name) {
        List<String> all = values.get(name);
        return all == null ? "" : all.getFirst();
    }

    /// All values of a name, in order; none when it is not there.
    public List<String> texts(String name) {
        return values.getOrDefault(name, List.of());
    }

    /// Whether the parameter is there at all, be it empty.
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /// A switch: there and neither `false`, in any case of letters, nor `0`, as upstream reads query booleans.
    public boolean flag(String name) {
        String v = text(name);
        return has(name) && !v.equalsIgnoreCase("false") && !v.equals("0");
    }

    /// A whole number, empty when it is absent or has no value.
    ///
    /// @throws ApiFault 400 when it is something else
    OptionalLong whole(String name) {
        String v = text(name);
        try {
            return v.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(v));
        } catch (NumberFormatException e) {
            throw ApiFault.badRequest("strconv.ParseInt: parsing \"" + v + "\": invalid syntax");
        }
    }
}
