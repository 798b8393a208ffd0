package io.k3j.agent;

import io.k3j.metricstext.MetricText;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// The servers behind the load balancer and their states, with K3s' transitions:
///
/// ```
///   UNCHECKED ──first success──► RECOVERING ──second check──► PREFERRED ──60 s undialled──► HEALTHY
///       │ failed dial                │ failed dial                │ dialled                    │ dialled
///       ▼                            ▼                            ▼                            ▼
///     FAILED ◄───────────── failed dial or check ────────────────────────── ACTIVE (one at most)
/// ```
///
/// The registration address stays as STANDBY when it is no server's own address. Thread-safe, never blocks:
/// connections to close are returned to the caller.
final class ServerList {
    /// How long a recovered server is preferred for new connections.
    static final Duration PREFERENCE = Duration.ofSeconds(60);

    private final String preset;
    private final InstantSource clock;
    private final Map<String, Server> servers = new LinkedHashMap<>();

    /// One server.
    private static final class Server {
        private final String address;
        private final Set<AutoCloseable> connections = new LinkedHashSet<>();
        private ServerState state;
        private Instant since;

        Server(String address, ServerState state, Instant since) {
            this.address = address;
            this.state = state;
            this.since = since;
        }

        int load() {
            return connections.size();
        }
    }

    /// @param preset the registration address, at first the only server
    ServerList(String preset, InstantSource clock) {
        this.preset = preset;
        this.clock = clock;
        servers.put(preset, new Server(preset, ServerState.UNCHECKED, clock.instant()));
    }

    /// The addresses in the order to try them.
    synchronized List<String> order() {
        return servers.values().stream()
                .sorted(Comparator.comparing((Server s) -> s.state).thenComparing(Server::load).reversed())
                .map(s -> s.address).toList();
    }

    /// Sets the present servers.
    /// @return the connections to removed servers
    synchronized Collection<AutoCloseable> set(Collection<String> addresses) {
        if (addresses.isEmpty()) {
            return List.of();
        }
        Set<String> wanted = new LinkedHashSet<>(addresses);
        wanted.forEach(a -> servers.computeIfAbsent(a, n -> new Server(n, ServerState.UNCHECKED, clock.instant())));
        List<AutoCloseable> closing = new ArrayList<>();
        for (Server server : List.copyOf(servers.values())) {
            if (wanted.contains(server.address)) {
                if (server.state == ServerState.STANDBY) {
                    move(server, ServerState.UNCHECKED);
                }
            } else if (server.address.equals(preset)) {
                move(server, ServerState.STANDBY);
            } else {
                servers.remove(server.address);
                move(server, ServerState.INVALID);
                closing.addAll(removeConnections(server));
            }
        }
        return closing;
    }

    /// The known addresses, without the standby.
    synchronized List<String> addresses() {
        return servers.values().stream().filter(s -> s.state != ServerState.STANDBY).map(s -> s.address).toList();
    }

    /// Records a new connection.
    /// @return connections of other servers to close, so that only one server has connections
    synchronized Collection<AutoCloseable> connected(String address, AutoCloseable connection) {
        Server server = servers.get(address);
        if (server == null) {
            return List.of(connection);
        }
        server.connections.add(connection);
        switch (server.state) {
            case FAILED, UNCHECKED -> move(server, ServerState.RECOVERING);
            case HEALTHY, PREFERRED -> {
                move(server, ServerState.ACTIVE);
                return keepOneActive();
            }
            case INVALID, STANDBY, RECOVERING, ACTIVE -> {
                // the state does not change
            }
        }
        return List.of();
    }

    /// Of several active servers only the one with the most connections stays active.
    private List<AutoCloseable> keepOneActive() {
        List<Server> active = servers.values().stream().filter(s -> s.state == ServerState.ACTIVE)
                .sorted(Comparator.comparing(Server::load).reversed()).toList();
        List<AutoCloseable> closing = new ArrayList<>();
        for (Server other : active.subList(Math.min(1, active.size()), active.size())) {
            move(other, ServerState.PREFERRED);
            closing.addAll(removeConnections(other));
        }
        return closing;
    }

    /// Records the end of a connection.
    synchronized void ended(String address, AutoCloseable connection) {
        Server server = servers.get(address);
        if (server != null) {
            server.connections.remove(connection);
        }
    }

    /// Records a failed dial.
    /// @return the connections to that server
    synchronized Collection<AutoCloseable> failed(String address) {
        Server server = servers.get(address);
        return server == null ? List.of() : fail(server);
    }

    private List<AutoCloseable> fail(Server server) {
        if (server.state != ServerState.STANDBY) {
            move(server, ServerState.FAILED);
        }
        return removeConnections(server);
    }

    /// One round of health checks.
    /// @param health the health of an address
    /// @return the connections to close
    synchronized Collection<AutoCloseable> check(Function<String, TunnelHealth> health) {
        Set<AutoCloseable> closing = new HashSet<>();
        boolean anyRecovered = false;
        for (Server server : servers.values()) {
            switch (health.apply(server.address)) {
                case OK -> onHealthy(server);
                case FAILED -> {
                    // before the first success only dialling decides that a server has failed
                    if (server.state.compareTo(ServerState.HEALTHY) >= 0) {
                        closing.addAll(fail(server));
                    }
                }
                case UNKNOWN -> {
                    // no information
                }
            }
            onIdle(server);
            anyRecovered |= server.state.compareTo(ServerState.RECOVERING) >= 0;
        }
        closing.addAll(keepOneActive());
        Server registration = servers.get(preset);
        if (anyRecovered && registration != null && registration.state == ServerState.STANDBY) {
            closing.addAll(removeConnections(registration));
        }
        return closing;
    }

    private void onHealthy(Server server) {
        switch (server.state) {
            case FAILED, UNCHECKED -> move(server, ServerState.RECOVERING);
            case RECOVERING -> move(server, server.load() == 0 ? ServerState.PREFERRED : ServerState.ACTIVE);
            case INVALID, STANDBY, HEALTHY, PREFERRED, ACTIVE -> {
                // checks do not raise these states further
            }
        }
    }

    private void onIdle(Server server) {
        boolean preferenceOver = !clock.instant().isBefore(server.since.plus(PREFERENCE));
        if (server.state == ServerState.PREFERRED && preferenceOver) {
            move(server, ServerState.HEALTHY);
        } else if (server.state == ServerState.ACTIVE && server.load() == 0) {
            move(server, ServerState.PREFERRED);
        }
    }

    private void move(Server server, ServerState state) {
        if (server.state != state) {
            server.state = state;
            server.since = clock.instant();
        }
    }

    private static List<AutoCloseable> removeConnections(Server server) {
        List<AutoCloseable> all = List.copyOf(server.connections);
        server.connections.clear();
        return all;
    }

    /// K3s' gauges in Prometheus' text format, with one line for every server.
    synchronized String metrics(String balancer) {
        MetricText text = new MetricText().family("k3s_loadbalancer_server_connections", MetricText.Type.GAUGE,
                "Connections to a server now, by load balancer and server.");
        servers.values().forEach(s -> text.value(s.load(), "name", balancer, "server", s.address));
        text.family("k3s_loadbalancer_server_health", MetricText.Type.GAUGE,
                "State of a server, by load balancer and server: " + ServerState.numbers() + ".");
        servers.values().forEach(s -> text.value(s.state.ordinal(), "name", balancer, "server", s.address));
        return text.toString();
    }

    /// State and number of connections of each server, for logs.
    synchronized Map<String, String> report() {
        Map<String, String> lines = new LinkedHashMap<>();
        servers.values().forEach(s -> lines.put(s.address, s.state + "/" + s.load()));
        return lines;
    }
}
