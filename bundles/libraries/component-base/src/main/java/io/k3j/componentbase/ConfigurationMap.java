package io.k3j.componentbase;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// An argument of a component that is a map: `feature-gates=A=true,B=false`. Upstream's `ConfigurationMap`
/// (`component-base/cli/flag`): an argument that is given several times is one map, of which the last value of a key
/// counts; blanks around keys and values, and empty parts, are left out; a key without a sign of equality is there with
/// an empty value. Pure; any thread.
public final class ConfigurationMap {
    private static final Set<String> TRUE = Set.of("1", "t", "true");
    private static final Set<String> FALSE = Set.of("0", "f", "false");

    private ConfigurationMap() {
    }

    /// What all values of one argument say together.
    ///
    /// @param name of the argument, as `feature-gates`
    /// @param arguments all of the component, as `name=value`
    /// @return in the order in which keys came first
    public static Map<String, String> of(String name, String... arguments) {
        Map<String, String> map = new LinkedHashMap<>();
        String prefix = name + "=";
        for (String argument : arguments) {
            if (argument.startsWith(prefix)) {
                for (String part : argument.substring(prefix.length()).split(",")) {
                    put(map, part);
                }
            }
        }
        return map;
    }

    private static void put(Map<String, String> map, String part) {
        int eq = part.indexOf('=');
        String key = (eq < 0 ? part : part.substring(0, eq)).strip();
        if (!key.isEmpty()) {
            map.put(key, eq < 0 ? "" : part.substring(eq + 1).strip());
        }
    }

    /// A truth value as Go's `strconv.ParseBool` reads it: `1`, `t`, `T`, `true`, `True`, `TRUE` and their opposites.
    ///
    /// @return empty for anything else
    public static Optional<Boolean> bool(String text) {
        String small = text.toLowerCase(Locale.ROOT);
        boolean known = text.equals(small) || text.equals(text.toUpperCase(Locale.ROOT))
                || text.equals("True") || text.equals("False");
        return !known || !TRUE.contains(small) && !FALSE.contains(small) ? Optional.empty()
                : Optional.of(TRUE.contains(small));
    }
}
