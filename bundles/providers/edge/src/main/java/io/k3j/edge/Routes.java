package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Maps a path to an endpoint of one port: the longest prefix wins, then the highest service ranking, then the oldest
/// service. Requests read without locks.
///
/// The paths by which servers and agents join are served by bundles of the distribution only, whatever others offer,
/// `/` as well: whoever answers there is shown tokens, and says which flags the servers have agreed on.
final class Routes {
    private static final System.Logger LOG = System.getLogger("io.k3j.edge");
    private static final Set<String> JOINING = Set.of("/cacerts", "/ping", "/v1-k3s", "/db");

    /// Who offers an endpoint.
    ///
    /// @param owner the symbolic name of its bundle
    /// @param ranking the ranking of its service
    /// @param id the number of its service
    /// @param registered whether it still is a service: SCR may tell its end before another thread has bound it, and
    ///        nobody would take it out any more
    record Offer(String owner, int ranking, long id, BooleanSupplier registered) {
        /// Whether it is a bundle of the distribution. No plug-in is let in under such a name.
        boolean ours() {
            return owner.startsWith("io.k3j.");
        }
    }

    private record Route(String prefix, Offer offer, Endpoint endpoint) {
        /// Whether it is there, and its bundle may answer there.
        boolean answers(String path) {
            return matches(path) && allowed(path) && offer.registered().getAsBoolean();
        }

        /// Whether its bundle may answer there.
        boolean allowed(String path) {
            return offer.ours() || !joining(path);
        }

        boolean matches(String path) {
            if (!path.startsWith(prefix)) {
                return false;
            }
            return path.length() == prefix.length() || prefix.endsWith("/") || path.charAt(prefix.length()) == '/';
        }
    }

    private static final Comparator<Route> ORDER = Comparator
            .comparingInt((Route route) -> -route.prefix().length())
            .thenComparing(Comparator.comparingInt((Route route) -> route.offer().ranking()).reversed())
            .thenComparingLong(route -> route.offer().id());

    private volatile List<Route> routes = List.of();

    /// Adds the prefixes of an endpoint, but for those that its bundle may not serve. One that was added before is
    /// there once; those that nobody has taken out go. An endpoint is asked before anything is held that others wait
    /// for: a plug-in that does not come back keeps its own bundle from starting, and no other endpoint from coming.
    void add(Endpoint endpoint, Offer offer) {
        add(endpoint, Set.copyOf(endpoint.prefixes()), offer);
    }

    private synchronized void add(Endpoint endpoint, Set<String> prefixes, Offer offer) {
        List<Route> added = new ArrayList<>(routes);
        added.removeIf(route -> route.endpoint() == endpoint || !route.offer().registered().getAsBoolean());
        for (String prefix : prefixes) {
            Route route = new Route(prefix, offer, endpoint);
            if (route.allowed(prefix)) {
                added.add(route);
            } else {
                LOG.log(Level.WARNING, "Endpoint is not served, since servers and agents join by this path path={0}"
                        + " bundle={1}", prefix, offer.owner());
            }
        }
        added.sort(ORDER);
        routes = List.copyOf(added);
    }

    /// Whether servers or agents join by a path.
    private static boolean joining(String path) {
        for (String root : JOINING) {
            if (path.startsWith(root) && (path.length() == root.length() || path.charAt(root.length()) == '/')) {
                return true;
            }
        }
        return false;
    }

    /// Removes the prefixes of an endpoint; requests in flight are not affected.
    synchronized void remove(Endpoint endpoint) {
        List<Route> remaining = new ArrayList<>(routes);
        remaining.removeIf(route -> route.endpoint() == endpoint);
        routes = List.copyOf(remaining);
    }

    /// The endpoint of a path, null when none serves it.
    @Nullable
    Endpoint find(String path) {
        for (Route route : routes) {
            if (route.answers(path)) {
                return route.endpoint();
            }
        }
        return null;
    }

    /// Whether there is no endpoint at all.
    boolean isEmpty() {
        return routes.isEmpty();
    }
}
