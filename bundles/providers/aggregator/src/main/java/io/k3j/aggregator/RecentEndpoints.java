package io.k3j.aggregator;

import io.k3j.webhookclient.CallFailure;
import io.k3j.webhookclient.ClientConfig;
import io.k3j.webhookclient.ServiceEndpoints;
import io.k3j.webhookclient.ServiceEndpoints.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The endpoints of Services behind APIServices, as they were within the last second: a Service and its EndpointSlices
/// are looked up once for all requests of that time, not for each, and whoever comes meanwhile waits for that. Who
/// listened to all EndpointSlices would be told of every Pod in the cluster, for the few Services that are asked for
/// here. Any thread; blocks for the API.
final class RecentEndpoints {
    static final Duration FRESH = Duration.ofSeconds(1);
    private final ServiceEndpoints endpoints;
    private final InstantSource clock;
    private final Map<ClientConfig, Known> known = new ConcurrentHashMap<>();

    /// @param clock monotonic
    RecentEndpoints(ServiceEndpoints endpoints, InstantSource clock) {
        this.endpoints = endpoints;
        this.clock = clock;
    }

    /// At least one, each time another one first.
    /// @throws IOException when there is none, or there was none within the last second
    List<Endpoint> of(ApiService to) throws IOException {
        return known.computeIfAbsent(to.server(), Known::new).recent();
    }

    /// The same as they are now, in random order.
    /// @throws IOException when there is none
    List<Endpoint> now(ApiService to) throws IOException {
        return read(to.server());
    }

    /// Keeps what belongs to these.
    void retain(Set<ApiService> all) {
        known.keySet().retainAll(all.stream().map(ApiService::server).collect(Collectors.toSet()));
    }

    private List<Endpoint> read(ClientConfig server) throws IOException {
        try {
            return endpoints.of(server, server.address());
        } catch (CallFailure e) {
            throw new IOException(e.reason(), e);
        }
    }

    /// What was read of one Service. That there is none is known as long: all would wait for the next reading one after
    /// the other.
    private final class Known {
        private final ClientConfig server;
        private Instant until = Instant.MIN;
        private List<Endpoint> some = List.of();
        private @Nullable IOException failure;
        private int turn;

        Known(ClientConfig server) {
            this.server = server;
        }

        synchronized List<Endpoint> recent() throws IOException {
            if (!clock.instant().isBefore(until)) {
                renew();
            }
            IOException none = failure;
            if (none != null) {
                throw new IOException(none.getMessage(), none);
            }
            List<Endpoint> turned = new ArrayList<>(some);
            turn = (turn + 1) % turned.size();
            Collections.rotate(turned, turn);
            return turned;
        }

        private void renew() {
            try {
                some = read(server);
                failure = null;
            } catch (IOException none) {
                failure = none;
            }
            until = clock.instant().plus(FRESH);
        }
    }
}
