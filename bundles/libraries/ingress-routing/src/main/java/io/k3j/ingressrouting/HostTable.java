package io.k3j.ingressrouting;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Values by host name: a precise name, or a wildcard `*.example.com`, which stands for one label. Immutable.
///
/// @param precise by lower-case name
/// @param wildcards by what follows `*.`
public record HostTable<T>(Map<String, T> precise, Map<String, T> wildcards) {
    /// What a wildcard begins with.
    public static final String WILDCARD = "*.";

    /// A table of these.
    ///
    /// @param hosts names and wildcards, lower case
    public static <T> HostTable<T> of(Map<String, T> hosts) {
        Map<String, T> precise = new HashMap<>();
        Map<String, T> wildcards = new HashMap<>();
        hosts.forEach((host, value) -> {
            if (host.startsWith(WILDCARD)) {
                wildcards.put(host.substring(WILDCARD.length()), value);
            } else {
                precise.put(host, value);
            }
        });
        return new HostTable<>(Map.copyOf(precise), Map.copyOf(wildcards));
    }

    /// The value of a host: the precise name's before a wildcard's.
    public Optional<T> find(String host) {
        T found = precise.get(host);
        if (found == null) {
            int dot = host.indexOf('.');
            found = dot <= 0 ? null : wildcards.get(host.substring(dot + 1));
        }
        return Optional.ofNullable(found);
    }
}
