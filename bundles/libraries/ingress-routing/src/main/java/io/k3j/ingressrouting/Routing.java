package io.k3j.ingressrouting;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Everything that the Ingresses of the cluster say, put together. Immutable.
///
/// @param tables for each entry point
/// @param certificates the Secrets of each host, as Ingresses that may use the host name them, the oldest one's first
/// @param claims who has which host
/// @param served the Ingresses, oldest first
/// @param problems what of an Ingress is not served, and why
public record Routing(Map<EntryPoint, RoutingTable> tables, Map<String, List<Key>> certificates, HostClaims claims,
        List<Obj> served, Map<Key, List<Problem>> problems) {

    /// What of an Ingress is not served.
    ///
    /// @param reason one word for machines
    public record Problem(String reason, String message) {
    }

    /// Of a cluster without Ingresses.
    public static Routing empty() {
        return of(List.of(), List.of(), HostClaims.none());
    }

    /// Of these Ingresses and classes.
    ///
    /// @param before who had which host until now
    public static Routing of(List<Obj> ingresses, List<Obj> classes, HostClaims before) {
        Set<String> ours = IngressObjects.classes(classes);
        List<Obj> served = ingresses.stream().filter(i -> IngressObjects.ours(i, ours))
                .sorted(IngressObjects.OLDEST_FIRST).toList();
        HostClaims claims = HostClaims.of(served, before);
        Assembly assembly = new Assembly(claims);
        served.forEach(assembly::add);
        Map<EntryPoint, RoutingTable> tables = new EnumMap<>(EntryPoint.class);
        for (EntryPoint entryPoint : EntryPoint.values()) {
            tables.put(entryPoint, assembly.table(entryPoint));
        }
        return new Routing(tables, assembly.certificates, claims, served, assembly.problems);
    }

    /// The table of an entry point.
    public RoutingTable table(EntryPoint entryPoint) {
        return tables.getOrDefault(entryPoint, RoutingTable.empty());
    }

    /// What one host has, while it is put together.
    private static final class HostPaths {
        private final Map<EntryPoint, PathTable.Builder> paths = new EnumMap<>(EntryPoint.class);
        private final Map<EntryPoint, Route> otherwise = new EnumMap<>(EntryPoint.class);

        PathTable.Builder paths(EntryPoint entryPoint) {
            return paths.computeIfAbsent(entryPoint, e -> new PathTable.Builder());
        }

        RoutingTable.Paths build(EntryPoint entryPoint) {
            return new RoutingTable.Paths(paths(entryPoint).build(), otherwise.get(entryPoint));
        }
    }

    private static final class Assembly {
        private final HostClaims claims;
        private final Map<String, HostPaths> hosts = new HashMap<>();
        private final Map<String, List<Key>> certificates = new HashMap<>();
        private final Map<Key, List<Problem>> problems = new HashMap<>();

        Assembly(HostClaims claims) {
            this.claims = claims;
            hosts.put("", new HostPaths());
        }

        void add(Obj ingress) {
            for (String host : IngressObjects.hosts(ingress)) {
                if (!claims.may(ingress, host)) {
                    String owner = claims.holder(host).map(Obj::namespace).orElse("");
                    tell(ingress, "HostClaimed", "host " + host + " belongs to an older Ingress of namespace " + owner
                            + ", whose annotation " + HostClaims.SHARE + " does not name this namespace");
                }
            }
            if (IngressObjects.wantsMiddlewares(ingress)) {
                tell(ingress, "UnsupportedMiddleware", IngressObjects.MIDDLEWARES + " cannot be honoured, so nothing is"
                        + " served; take it away, or annotate with " + IngressObjects.WITHOUT_MIDDLEWARES
                        + "=true to have it served without them");
            } else {
                serve(ingress);
            }
            ingress.spec().seq("tls").structs().forEach(tls -> certificate(ingress, tls));
            List<String> unknown = IngressObjects.unknownAnnotations(ingress);
            if (!unknown.isEmpty()) {
                tell(ingress, "UnsupportedAnnotation", "not known here and without effect: "
                        + String.join(", ", unknown));
            }
        }

        private void serve(Obj ingress) {
            Struct fallback = ingress.spec().struct("defaultBackend");
            if (!fallback.isEmpty()) {
                backend(ingress, fallback).ifPresent(r -> otherwise(ingress, r));
            }
            ingress.spec().seq("rules").structs().forEach(rule -> rule(ingress, rule));
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

        private void rule(Obj ingress, Struct rule) {
            String host = rule.text("host").toLowerCase(Locale.ROOT);
            if (!host.isEmpty() && !claims.may(ingress, host)) {
                return;
            }
            HostPaths paths = paths(host);
            for (Struct path : rule.struct("http").seq("paths").structs()) {
                backend(ingress, path.struct("backend")).ifPresent(route -> route.entryPoints().forEach(e -> paths
                        .paths(e).add(path.text("pathType"), path.text("path"), route)
                        .filter(other -> !other.ingress().equals(ingress.key()))
                        .ifPresent(other -> tell(ingress, "PathClaimed", "path " + path.text("path") + " of host "
                                + (host.isEmpty() ? "*" : host) + " belongs to an older Ingress"))));
            }
        }

        private Optional<Route> backend(Obj ingress, Struct backend) {
            Optional<BackendPort> named = BackendPort.of(ingress.namespace(), backend);
            if (named.isEmpty()) {
                tell(ingress, "UnsupportedBackend", "a backend has to name a Service and one of its ports");
            }
            return named.map(b -> new Route(ingress.key(), b, IngressObjects.entryPoints(ingress)));
        }

        private void certificate(Obj ingress, Struct tls) {
            if (!tls.text("secretName").isEmpty()) {
                IngressObjects.hosts(ingress, tls).stream().filter(h -> claims.may(ingress, h)).forEach(
                        h -> certificates.computeIfAbsent(h, _ -> new ArrayList<>())
                                .add(new Key(ingress.namespace(), tls.text("secretName"))));
            }
        }

        private HostPaths paths(String host) {
            return hosts.computeIfAbsent(host, h -> new HostPaths());
        }

        private void tell(Obj ingress, String reason, String message) {
            List<Problem> known = problems.computeIfAbsent(ingress.key(), k -> new ArrayList<>());
            Problem problem = new Problem(reason, message);
            if (!known.contains(problem)) {
                known.add(problem);
            }
        }

        RoutingTable table(EntryPoint entryPoint) {
            Map<String, RoutingTable.Paths> named = new HashMap<>();
            hosts.forEach((host, paths) -> named.put(host, paths.build(entryPoint)));
            RoutingTable.Paths others = named.remove("");
            return new RoutingTable(HostTable.of(named), others == null ? RoutingTable.empty().others() : others);
        }
    }
}
