package io.k3j.secureserving;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.delegatedaccess.AccessReviews.Lifetimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The arguments of a component, `name=value` as upstream's flags, the last of a name before the others. Those of its
/// address and its certificate are read where the port is bound and opened; here they are shown only.
///
/// @param flags by name
/// @param allowed the paths that everybody may ask for, without their first slash; one may end with `*`
/// @param lifetimes how long it is remembered who asks (`authentication-token-webhook-cache-ttl`) and what is allowed
/// (`authorization-webhook-cache-authorized-ttl`, `authorization-webhook-cache-unauthorized-ttl`)
/// @param problems what is wrong with them, in sentences
record ServingOptions(SortedMap<String, String> flags, List<String> allowed, Lifetimes lifetimes,
        List<String> problems) {
    private static final String PATHS = "authorization-always-allow-paths";
    private static final String HEALTH = "/healthz,/readyz,/livez";
    /// Upstream's `DelegatingAuthenticationOptions` and `DelegatingAuthorizationOptions`: ten seconds each.
    private static final Duration KEPT = Duration.ofSeconds(10);

    /// Reads them; says what is wrong in `problems`.
    static ServingOptions of(ServedComponent component, String... arguments) {
        SortedMap<String, String> flags = new TreeMap<>(Map.of("bind-address", "127.0.0.1", "secure-port",
                Integer.toString(component.port()), "profiling", "false", PATHS, HEALTH));
        List<String> paths = new ArrayList<>();
        for (String argument : arguments) {
            String bare = argument.startsWith("--") ? argument.substring(2) : argument;
            int equals = bare.indexOf('=');
            String name = equals < 0 ? bare : bare.substring(0, equals);
            String value = equals < 0 ? "true" : bare.substring(equals + 1);
            if (name.equals(PATHS)) {
                // as pflag's string slices: the first one takes the default's place, the others are added
                paths.addAll(List.of(value.split(",", -1)));
                flags.put(PATHS, String.join(",", paths));
            } else {
                flags.put(name, value);
            }
        }
        List<String> problems = new ArrayList<>();
        List<String> allowed = allowed(flags.getOrDefault(PATHS, HEALTH), component, problems);
        Lifetimes lifetimes = lifetimes(new ComponentArguments("--" + component.flag(), flags.entrySet().stream()
                .map(flag -> flag.getKey() + "=" + flag.getValue()).toList()), problems);
        return new ServingOptions(Collections.unmodifiableSortedMap(flags), allowed, lifetimes,
                List.copyOf(problems));
    }

    private static Lifetimes lifetimes(ComponentArguments given, List<String> problems) {
        Duration known = kept(given, "authentication-token-webhook-cache-ttl", problems);
        return new Lifetimes(known, known, kept(given, "authorization-webhook-cache-authorized-ttl", problems),
                kept(given, "authorization-webhook-cache-unauthorized-ttl", problems));
    }

    private static Duration kept(ComponentArguments given, String name, List<String> problems) {
        try {
            return given.durationOrZero(name, KEPT, "10s");
        } catch (IllegalArgumentException wrong) {
            problems.add(String.valueOf(wrong.getMessage()));
            return KEPT;
        }
    }

    private static List<String> allowed(String paths, ServedComponent component, List<String> problems) {
        List<String> allowed = new ArrayList<>();
        for (String path : paths.split(",")) {
            String stripped = path.strip();
            int star = stripped.indexOf('*');
            if (star >= 0 && star != stripped.length() - 1) {
                problems.add("--" + component.flag() + "=" + PATHS + ": only trailing * allowed in \"" + stripped
                        + "\"; write each path, or the beginning of several with * at its end");
            } else if (!stripped.isEmpty()) {
                allowed.add(stripped.startsWith("/") ? stripped.substring(1) : stripped);
            }
        }
        return List.copyOf(allowed);
    }

    /// Whether a path is one that everybody may ask for.
    boolean allows(String path) {
        String bare = path.startsWith("/") ? path.substring(1) : path;
        for (String one : allowed) {
            boolean fits = one.endsWith("*") ? bare.startsWith(one.substring(0, one.length() - 1)) : bare.equals(one);
            if (fits) {
                return true;
            }
        }
        return false;
    }

    /// The value of a flag.
    String text(String name, String otherwise) {
        return flags.getOrDefault(name, otherwise);
    }
}
