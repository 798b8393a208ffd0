package io.k3j.ingressrouting;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Everything that the Ingresses of the cluster say, put together. Immutable.
///
/// @param tables for each entry point
/// @param certificates the Secrets of each host, as Ingresses that may use the host name them, the oldest one's first;
/// of one Ingress [#MOST_SECRETS] at most
/// @param claims who has which host
/// @param served the Ingresses, oldest first
/// @param problems what of an Ingress is not served, and why; [#MOST_PROBLEMS] of each at most
public record Routing(Map<EntryPoint, RoutingTable> tables, Map<String, List<Key>> certificates, HostClaims claims,
        List<Obj> served, Map<Key, List<Problem>> problems) {
    /// Secrets that one Ingress may name for a host. The first that can be served is, so more are of little use, while
    /// each entry of `tls` without hosts means all that there are.
    public static final int MOST_SECRETS = 8;
    /// Problems of one Ingress that are told: as many Events as are written at once about one object.
    public static final int MOST_PROBLEMS = 25;

    /// What of an Ingress is not served.
    ///
    /// @param reason one word for machines
    public record Problem(String reason, String message) {
    }

    /// Of a cluster without Ingresses.
    public static Routing empty() {
        return of(List.of(), List.of(), HostClaims.none());
    }

    /// Of these Ingresses and classes; takes time and memory in proportion to what they hold.
    ///
    /// @param before who had which host until now
    public static Routing of(List<Obj> ingresses, List<Obj> classes, HostClaims before) {
        Set<String> ours = IngressObjects.classes(classes);
        List<Obj> served = ingresses.stream().filter(i -> IngressObjects.ours(i, ours))
                .sorted(IngressObjects.OLDEST_FIRST).toList();
        HostClaims claims = HostClaims.of(served, before);
        RoutingAssembly assembly = new RoutingAssembly(claims);
        served.forEach(assembly::add);
        Map<EntryPoint, RoutingTable> tables = new EnumMap<>(EntryPoint.class);
        for (EntryPoint entryPoint : EntryPoint.values()) {
            tables.put(entryPoint, assembly.table(entryPoint));
        }
        return new Routing(tables, assembly.certificates(), claims, served, assembly.problems());
    }

    /// The table of an entry point.
    public RoutingTable table(EntryPoint entryPoint) {
        return tables.getOrDefault(entryPoint, RoutingTable.empty());
    }
}
