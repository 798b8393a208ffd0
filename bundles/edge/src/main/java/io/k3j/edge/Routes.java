package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which endpoint of one port takes a path: the longest prefix, among equals the highest service
/// ranking, then the oldest service. Read without locks by every request.
final class Routes {
    private record Route(String prefix, int ranking, long id, Endpoint endpoint) {
        boolean takes(String path) {
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

    /// Adds what `endpoint` serves.
    synchronized void add(Endpoint endpoint, int ranking, long serviceId) {
        List<Route> more = new ArrayList<>(routes);
        for (String prefix : endpoint.prefixes()) {
            more.add(new Route(prefix, ranking, serviceId, endpoint));
        }
        more.sort(ORDER);
        routes = List.copyOf(more);
    }

    /// Removes what `endpoint` serves; requests in flight are not touched.
    synchronized void remove(Endpoint endpoint) {
        List<Route> fewer = new ArrayList<>(routes);
        fewer.removeIf(route -> route.endpoint() == endpoint);
        routes = List.copyOf(fewer);
    }

    /// The endpoint for a path, null when nobody serves it.
    @Nullable
    Endpoint find(String path) {
        for (Route route : routes) {
            if (route.takes(path)) {
                return route.endpoint();
            }
        }
        return null;
    }

    /// Whether nobody serves anything.
    boolean isEmpty() {
        return routes.isEmpty();
    }
}
