package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Maps a path to an endpoint of one port: the longest prefix wins, then the highest service ranking, then the oldest
/// service. Requests read without locks.
final class Routes {
    private record Route(String prefix, int ranking, long id, Endpoint endpoint) {
        boolean matches(String path) {
            if (!path.startsWith(prefix)) {
                return false;
            }
            return path.length() == prefix.length() || prefix.endsWith("/") || path.charAt(prefix.length()) == '/';
        }
    }

    private static final Comparator<Route> ORDER = Comparator
            .comparingInt((Route route) -> -route.prefix().length())
            .thenComparingInt(route -> -route.ranking())
            .thenComparingLong(Route::id);

    private volatile List<Route> routes = List.of();

    /// Adds the prefixes of an endpoint.
    synchronized void add(Endpoint endpoint, int ranking, long serviceId) {
        List<Route> added = new ArrayList<>(routes);
        for (String prefix : endpoint.prefixes()) {
            added.add(new Route(prefix, ranking, serviceId, endpoint));
        }
        added.sort(ORDER);
        routes = List.copyOf(added);
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
            if (route.matches(path)) {
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
