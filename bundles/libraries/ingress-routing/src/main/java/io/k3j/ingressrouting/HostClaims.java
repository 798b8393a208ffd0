package io.k3j.ingressrouting;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which namespace has which host. The first Ingress that names a host has it, and keeps it as long as it names it; a
/// wildcard claims the names below it that nobody has. As with Traefik, Ingresses of all namespaces take part, unless
/// the annotation [#SHARE] of the one that has the host says whose may: where several people write Ingresses, one must
/// be able to keep requests, and certificates by HTTP challenges, from the others. Immutable.
public final class HostClaims {
    /// Namespaces, separated by commas, that may use the hosts of this Ingress too; empty: none, `*`: all, as without
    /// the annotation.
    public static final String SHARE = "ingress.k3j.io/share-hosts";
    private final Map<String, Obj> holders;

    private HostClaims(Map<String, Obj> holders) {
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
        Map<Key, Obj> byKey = new HashMap<>();
        oldestFirst.forEach(i -> byKey.put(i.key(), i));
        Map<String, Obj> holders = new HashMap<>();
        before.holders.forEach((host, was) -> {
            Obj now = byKey.get(was.key());
            if (now != null && now.uid().equals(was.uid()) && IngressObjects.hosts(now).contains(host)) {
                holders.put(host, now);
            }
        });
        HostClaims claims = new HostClaims(holders);
        for (Obj ingress : oldestFirst) {
            for (String host : IngressObjects.hosts(ingress)) {
                if (claims.may(ingress, host)) {
                    holders.putIfAbsent(host, ingress);
                }
            }
        }
        return claims;
    }

    /// Whether an Ingress may use a host.
    public boolean may(Obj ingress, String host) {
        return holder(host).filter(h -> !shares(h, ingress.namespace())).isEmpty();
    }

    /// The Ingress that has a host.
    public Optional<Obj> holder(String host) {
        Obj precise = holders.get(host);
        if (precise != null || host.startsWith(HostTable.WILDCARD)) {
            return Optional.ofNullable(precise);
        }
        return Optional.ofNullable(holders.get("*" + host.substring(Math.max(0, host.indexOf('.')))));
    }

    private static boolean shares(Obj holder, String namespace) {
        return holder.namespace().equals(namespace)
                || Arrays.stream(holder.annotations().getOrDefault(SHARE, "*").split(",")).map(String::strip)
                        .anyMatch(n -> n.equals("*") || n.equals(namespace));
    }
}
