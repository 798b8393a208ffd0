package io.k3j.ingressrouting;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where the requests of one entry point go. Immutable.
///
/// A host that an Ingress names has its own paths only, and then its own default: never those of Ingresses without a
/// host, which may belong to somebody else.
///
/// @param hosts what each named host has
/// @param others what all other hosts have
public record RoutingTable(HostTable<Paths> hosts, Paths others) {
    private static final RoutingTable EMPTY = new RoutingTable(HostTable.of(Map.of()),
            new Paths(new PathTable.Builder().build(), null));

    /// What one host has.
    ///
    /// @param otherwise where requests go that no path matches
    public record Paths(PathTable table, @Nullable Route otherwise) {
        /// The route of a canonical path.
        public Optional<Route> find(String path) {
            Optional<Route> found = table.find(path);
            return found.isPresent() ? found : Optional.ofNullable(otherwise);
        }
    }

    /// Without any route; always the same one, as each request asks for it.
    public static RoutingTable empty() {
        return EMPTY;
    }

    /// The route of a request.
    ///
    /// @param host lower case, without port; empty when the client named none
    /// @param path canonical
    public Optional<Route> find(String host, String path) {
        return hosts.find(host).orElse(others).find(path);
    }
}
