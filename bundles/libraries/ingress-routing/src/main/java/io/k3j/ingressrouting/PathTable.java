package io.k3j.ingressrouting;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The paths of one host. The longest path that matches wins; of two that are equal the exact one, then the one that
/// was added first (<https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types>). Immutable; finding
/// takes time in proportion to the length of the path asked for, whatever others have added.
public final class PathTable {
    private static final String EXACT = "Exact";
    private static final String PREFIX = "Prefix";
    /// What may follow the beginning of a path; no digit of an escape.
    private static final String BEYOND = "x";
    private final Map<String, Route> whole;
    private final String[] prefixes;
    private final Route[] routes;
    /// The position of the longest prefix that a prefix begins with, -1 for none.
    private final int[] parents;

    private PathTable(Map<String, Route> whole, Map<String, Route> begun) {
        this.whole = whole;
        prefixes = begun.keySet().stream().sorted().toArray(String[]::new);
        routes = Arrays.stream(prefixes).map(begun::get).toArray(Route[]::new);
        parents = new int[prefixes.length];
        for (int i = 0; i < prefixes.length; i++) {
            int parent = i - 1;
            while (parent >= 0 && !prefixes[i].startsWith(prefixes[parent])) {
                parent = parents[parent];
            }
            parents[i] = parent;
        }
    }

    /// What a path of an Ingress is compared as: it is written in the form that requests are routed by
    /// ([RequestTarget#path]), or a request for it would pass it by and go to another Ingress. Empty: `/`.
    ///
    /// @param type as for [Builder#add]; the beginning of a path may end where a request's path may not, as in `/.`
    /// @return empty for one that no request can have
    public static Optional<String> canonical(String type, String path) {
        String absolute = path.isEmpty() ? "/" : path;
        return type.equals(EXACT) || type.equals(PREFIX) ? RequestTarget.canonicalPath(absolute)
                : RequestTarget.canonicalPath(absolute + BEYOND).map(p -> p.substring(0, p.length() - 1));
    }

    /// The route of a path.
    ///
    /// @param path canonical, without query
    public Optional<Route> find(String path) {
        Route exact = whole.get(path);
        if (exact != null) {
            return Optional.of(exact);
        }
        int at = Arrays.binarySearch(prefixes, path);
        int candidate = at >= 0 ? at : -at - 2;
        if (candidate < 0) {
            return Optional.empty();
        }
        int shared = shared(prefixes[candidate], path);
        while (candidate >= 0 && prefixes[candidate].length() > shared) {
            candidate = parents[candidate];
        }
        return candidate < 0 ? Optional.empty() : Optional.of(routes[candidate]);
    }

    private static int shared(String one, String other) {
        int length = Math.min(one.length(), other.length());
        int at = 0;
        while (at < length && one.charAt(at) == other.charAt(at)) {
            at++;
        }
        return at;
    }

    /// Collects paths; the first of two that are the same wins. For one thread.
    public static final class Builder {
        private final Map<String, Route> exact = new HashMap<>();
        private final Map<String, Route> elements = new HashMap<>();
        private final Map<String, Route> begun = new HashMap<>();

        /// Adds a path, in its [#canonical] form; one that has none is left out.
        ///
        /// @param type `Exact`, `Prefix` or `ImplementationSpecific`, which here, as in Traefik, is the beginning of a
        /// path
        /// @return the route that has the same path already, empty when it was added
        public Optional<Route> add(String type, String path, Route route) {
            Optional<String> form = canonical(type, path);
            return form.isEmpty() ? Optional.empty() : switch (type) {
                case EXACT -> first(exact, form.get(), route);
                case PREFIX -> prefix(form.get(), route);
                default -> first(begun, form.get(), route);
            };
        }

        /// Prefixes are compared by elements: `/a` stands for `/a` and `/a/b`, not for `/ab`.
        private Optional<Route> prefix(String path, Route route) {
            String stem = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
            if (!stem.isEmpty()) {
                elements.putIfAbsent(stem, route);
            }
            return first(begun, stem + "/", route);
        }

        private static Optional<Route> first(Map<String, Route> all, String path, Route route) {
            return Optional.ofNullable(all.putIfAbsent(path, route));
        }

        /// The table; the builder may be used on.
        public PathTable build() {
            Map<String, Route> whole = new HashMap<>(elements);
            whole.putAll(exact);
            return new PathTable(whole, begun);
        }
    }
}
