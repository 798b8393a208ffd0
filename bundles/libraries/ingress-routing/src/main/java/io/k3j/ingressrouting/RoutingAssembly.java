package io.k3j.ingressrouting;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Puts Ingresses together, the oldest first. What one of them says is read once: whoever may write Ingresses may write
/// one with a hundred thousand hosts. For one thread.
final class RoutingAssembly {
    private final HostClaims claims;
    private final Map<String, HostPaths> hosts = new HashMap<>();
    private final Map<String, List<Key>> certificates = new HashMap<>();
    private final Map<Key, Set<Routing.Problem>> problems = new HashMap<>();

    RoutingAssembly(HostClaims claims) {
        this.claims = claims;
        hosts.put("", new HostPaths());
    }

    /// What one host has, while it is put together.
    private static final class HostPaths {
        private final Map<EntryPoint, PathTable.Builder> paths = new EnumMap<>(EntryPoint.class);
        private final Map<EntryPoint, Route> otherwise = new EnumMap<>(EntryPoint.class);

        PathTable.Builder paths(EntryPoint entryPoint) {
            return paths.computeIfAbsent(entryPoint, e -> new PathTable.Builder());
        }

        RoutingTable.Paths build(EntryPoint entryPoint) {
            RoutingTable.Paths nothing = RoutingTable.empty().others();
            PathTable.Builder some = paths.get(entryPoint);
            Route fallback = otherwise.get(entryPoint);
            return some == null && fallback == null ? nothing
                    : new RoutingTable.Paths(some == null ? nothing.table() : some.build(), fallback);
        }
    }

    void add(Obj ingress) {
        if (IngressObjects.wantsMiddlewares(ingress)) {
            tell(ingress, "UnsupportedMiddleware", IngressObjects.MIDDLEWARES + " cannot be honoured, so nothing is"
                    + " served; take it away, or annotate with " + IngressObjects.WITHOUT_MIDDLEWARES
                    + "=true to have it served without them");
        } else {
            serve(ingress);
        }
        certify(ingress);
        List<String> unknown = IngressObjects.unknownAnnotations(ingress);
        if (!unknown.isEmpty()) {
            tell(ingress, "UnsupportedAnnotation", "not known here and without effect: "
                    + String.join(", ", unknown));
        }
        // last: one for each host, and only so many are told
        for (String host : IngressObjects.hosts(ingress)) {
            if (!claims.may(ingress, host)) {
                String owner = claims.holder(host).map(Obj::namespace).orElse("");
                tell(ingress, "HostClaimed", "host " + host + " belongs to an older Ingress of namespace " + owner
                        + ", whose annotation " + HostClaims.SHARE + " does not name this namespace");
            }
        }
    }

    private void serve(Obj ingress) {
        Set<EntryPoint> on = IngressObjects.entryPoints(ingress);
        Struct fallback = ingress.spec().struct("defaultBackend");
        if (!fallback.isEmpty()) {
            backend(ingress, fallback, on).ifPresent(r -> otherwise(ingress, r));
        }
        ingress.spec().seq("rules").structs().forEach(rule -> rule(ingress, rule, on));
        List<String> strange = IngressObjects.unknownEntryPoints(ingress);
        if (!strange.isEmpty()) {
            tell(ingress, "UnknownEntryPoint", IngressObjects.ENTRY_POINTS + " names " + String.join(", ", strange)
                    + ": there are web and websecure");
        }
    }

    /// A default backend serves what the hosts of its Ingress do not match; without any, what nobody matches.
    private void otherwise(Obj ingress, Route route) {
        List<String> names = ingress.spec().seq("rules").structs().stream()
                .map(r -> r.text("host").toLowerCase(Locale.ROOT)).distinct().toList();
        for (String host : names.isEmpty() ? List.of("") : names) {
            if (host.isEmpty() || claims.may(ingress, host)) {
                route.entryPoints().forEach(e -> paths(host).otherwise.putIfAbsent(e, route));
            }
        }
    }

    private void rule(Obj ingress, Struct rule, Set<EntryPoint> on) {
        String host = rule.text("host").toLowerCase(Locale.ROOT);
        if (!host.isEmpty() && !claims.may(ingress, host)) {
            return;
        }
        HostPaths paths = paths(host);
        for (Struct path : rule.struct("http").seq("paths").structs()) {
            backend(ingress, path.struct("backend"), on)
                    .ifPresent(route -> path(ingress, host, path, route, paths));
        }
    }

    private void path(Obj ingress, String host, Struct path, Route route, HostPaths paths) {
        String type = IngressObjects.pathType(ingress, path.text("pathType"));
        String written = path.text("path");
        String named = "path " + written + " of host " + (host.isEmpty() ? "*" : host);
        if (PathTable.canonical(type, written).isEmpty()) {
            tell(ingress, "InvalidPath", named + " cannot be that of a request: it has . or .. or a malformed escape");
            return;
        }
        route.entryPoints().forEach(e -> paths.paths(e).add(type, written, route)
                .filter(other -> !other.ingress().equals(ingress.key()))
                .ifPresent(other -> tell(ingress, "PathClaimed", named + " belongs to an older Ingress")));
    }

    private Optional<Route> backend(Obj ingress, Struct backend, Set<EntryPoint> on) {
        Optional<BackendPort> named = BackendPort.of(ingress.namespace(), backend);
        if (named.isEmpty()) {
            tell(ingress, "UnsupportedBackend", "a backend has to name a Service and one of its ports");
        }
        return named.map(b -> new Route(ingress.key(), b, on));
    }

    /// An entry that names no host means all of the rules': of such entries a few count, or there would be as many keys
    /// as entries times rules.
    private void certify(Obj ingress) {
        Map<String, List<Key>> own = new LinkedHashMap<>();
        List<String> ruled = IngressObjects.ruled(ingress);
        Set<String> everywhere = new LinkedHashSet<>();
        for (Struct tls : ingress.spec().seq("tls").structs()) {
            String secret = tls.text("secretName");
            boolean all = tls.seq("hosts").isEmpty();
            if (secret.isEmpty() || all && everywhere.contains(secret)) {
                continue;
            }
            if (all && everywhere.size() >= Routing.MOST_SECRETS) {
                tooMany(ingress, "all hosts of the rules");
                continue;
            }
            if (all) {
                everywhere.add(secret);
            }
            Key key = new Key(ingress.namespace(), secret);
            for (String host : all ? ruled : IngressObjects.named(tls)) {
                if (claims.may(ingress, host)) {
                    certify(ingress, own.computeIfAbsent(host, _ -> new ArrayList<>(1)), host, key);
                }
            }
        }
        own.forEach((host, some) -> certificates.computeIfAbsent(host, _ -> new ArrayList<>(1)).addAll(some));
    }

    private void certify(Obj ingress, List<Key> some, String host, Key secret) {
        if (some.contains(secret)) {
            return;
        }
        if (some.size() < Routing.MOST_SECRETS) {
            some.add(secret);
        } else {
            tooMany(ingress, "host " + host);
        }
    }

    private void tooMany(Obj ingress, String whom) {
        tell(ingress, "TooManyCertificates", "tls names more than " + Routing.MOST_SECRETS + " Secrets for " + whom
                + ": those after them are not looked at");
    }

    private HostPaths paths(String host) {
        return hosts.computeIfAbsent(host, h -> new HostPaths());
    }

    private void tell(Obj ingress, String reason, String message) {
        Set<Routing.Problem> known = problems.computeIfAbsent(ingress.key(), k -> new LinkedHashSet<>());
        if (known.size() < Routing.MOST_PROBLEMS) {
            known.add(new Routing.Problem(reason, message));
        }
    }

    RoutingTable table(EntryPoint entryPoint) {
        Map<String, RoutingTable.Paths> named = new HashMap<>();
        hosts.forEach((host, paths) -> named.put(host, paths.build(entryPoint)));
        RoutingTable.Paths others = named.remove("");
        return new RoutingTable(HostTable.of(named), others == null ? RoutingTable.empty().others() : others);
    }

    Map<String, List<Key>> certificates() {
        return certificates;
    }

    Map<Key, List<Routing.Problem>> problems() {
        Map<Key, List<Routing.Problem>> all = new HashMap<>();
        problems.forEach((ingress, some) -> all.put(ingress, List.copyOf(some)));
        return all;
    }
}
