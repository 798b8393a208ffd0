package io.k3j.ingressrouting;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Which namespace has which host. The first Ingress that names a host has it, and keeps it as long as it names it; a
/// wildcard claims the names below it that nobody has. As with Traefik, Ingresses of all namespaces take part, unless
/// the annotation [#SHARE] of the one that has the host says whose may: where several people write Ingresses, one must
/// be able to keep requests, and certificates by HTTP challenges, from the others. Immutable.
public final class HostClaims {
    /// Namespaces, separated by commas, that may use the hosts of this Ingress too; empty: none, `*`: all, as without
    /// the annotation.
    public static final String SHARE = "ingress.k3j.io/share-hosts";
    private final Map<String, Holder> holders;

    /// An Ingress that has hosts.
    ///
    /// @param guests the namespaces that may use them too, `*` for all
    private record Holder(Obj ingress, Set<String> guests) {
        static Holder of(Obj ingress) {
            return new Holder(ingress, Arrays.stream(ingress.annotations().getOrDefault(SHARE, "*").split(","))
                    .map(String::strip).collect(Collectors.toSet()));
        }

        boolean shares(String namespace) {
            return ingress.namespace().equals(namespace) || guests.contains("*") || guests.contains(namespace);
        }
    }

    /// What one Ingress says of hosts, read once: it may name a hundred thousand.
    private record Claimant(Holder holder, Set<String> hosts) {
    }

    private HostClaims(Map<String, Holder> holders) {
        this.holders = holders;
    }

    /// Nobody has anything.
    public static HostClaims none() {
        return new HostClaims(Map.of());
    }

    /// The claims after a change.
    ///
    /// @param oldestFirst the Ingresses that are served
    /// @param before who has hosts now; an older Ingress that names one of them only now does not get it
    public static HostClaims of(List<Obj> oldestFirst, HostClaims before) {
        Map<Key, Claimant> claimants = new LinkedHashMap<>();
        oldestFirst.forEach(i -> claimants.put(i.key(), new Claimant(Holder.of(i), IngressObjects.hosts(i))));
        Map<String, Holder> holders = new HashMap<>();
        before.holders.forEach((host, was) -> {
            Claimant now = claimants.get(was.ingress().key());
            if (now != null && now.holder().ingress().uid().equals(was.ingress().uid())
                    && now.hosts().contains(host)) {
                holders.put(host, now.holder());
            }
        });
        HostClaims claims = new HostClaims(holders);
        claimants.values().forEach(one -> {
            for (String host : one.hosts()) {
                if (claims.may(one.holder().ingress(), host)) {
                    holders.putIfAbsent(host, one.holder());
                }
            }
        });
        return claims;
    }

    /// Whether an Ingress may use a host.
    public boolean may(Obj ingress, String host) {
        return found(host).filter(h -> !h.shares(ingress.namespace())).isEmpty();
    }

    /// The Ingress that has a host.
    public Optional<Obj> holder(String host) {
        return found(host).map(Holder::ingress);
    }

    private Optional<Holder> found(String host) {
        Holder precise = holders.get(host);
        if (precise != null || host.startsWith(HostTable.WILDCARD)) {
            return Optional.ofNullable(precise);
        }
        return Optional.ofNullable(holders.get("*" + host.substring(Math.max(0, host.indexOf('.')))));
    }
}
