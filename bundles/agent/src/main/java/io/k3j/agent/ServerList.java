package io.k3j.agent;

import io.k3j.componentapi.MetricText;
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

/// The servers behind the load balancer and their states, as K3s moves them:
///
/// ```
///   UNCHECKED ──first success──► RECOVERING ──second check──► PREFERRED ──60 s undialled──► HEALTHY
///       │ failed dial                │ failed dial                │ dialled                    │ dialled
///       ▼                            ▼                            ▼                            ▼
///     FAILED ◄───────────── failed dial or check ────────────────────────── ACTIVE (only one stays)
/// ```
///
/// The registration address stays as STANDBY when it is none of the servers. Any thread; nothing blocks: what
/// must be closed is given back to the caller.
final class ServerList {
    /// How long a server that has come back gets new connections first.
    static final Duration PREFERENCE = Duration.ofSeconds(60);

    private final String preset;
    private final InstantSource clock;
    private final Map<String, Server> servers = new LinkedHashMap<>();

    /// One server.
    private static final class Server {
        private final String address;
        private final Set<AutoCloseable> connections = new LinkedHashSet<>();
        private State state;
        private Instant since;

        Server(String address, State state, Instant since) {
            this.address = address;
            this.state = state;
            this.since = since;
        }

        int load() {
            return connections.size();
        }
    }

    /// With the registration address alone.
    ServerList(String preset, InstantSource clock) {
        this.preset = preset;
        this.clock = clock;
        servers.put(preset, new Server(preset, State.UNCHECKED, clock.instant()));
    }

    /// The addresses to try, best first.
    synchronized List<String> order() {
        return servers.values().stream()
                .sorted(Comparator.comparing((Server s) -> s.state).thenComparing(Server::load).reversed())
                .map(s -> s.address).toList();
    }

    /// These are the servers now.
    /// @return the connections to those that are none any more
    synchronized Collection<AutoCloseable> set(Collection<String> addresses) {
        if (addresses.isEmpty()) {
            return List.of();
        }
        Set<String> wanted = new LinkedHashSet<>(addresses);
        wanted.forEach(a -> servers.computeIfAbsent(a, n -> new Server(n, State.UNCHECKED, clock.instant())));
        List<AutoCloseable> closing = new ArrayList<>();
        for (Server server : List.copyOf(servers.values())) {
            if (wanted.contains(server.address)) {
                if (server.state == State.STANDBY) {
                    move(server, State.UNCHECKED);
                }
            } else if (server.address.equals(preset)) {
                move(server, State.STANDBY);
            } else {
                servers.remove(server.address);
                move(server, State.INVALID);
                closing.addAll(taken(server));
            }
        }
        return closing;
    }

    /// The addresses known, without the standby.
    synchronized List<String> addresses() {
        return servers.values().stream().filter(s -> s.state != State.STANDBY).map(s -> s.address).toList();
    }

    /// A connection was made.
    /// @return connections of other servers to close, so that only one has them
    synchronized Collection<AutoCloseable> connected(String address, AutoCloseable connection) {
        Server server = servers.get(address);
        if (server == null) {
            return List.of(connection);
        }
        server.connections.add(connection);
        switch (server.state) {
            case FAILED, UNCHECKED -> move(server, State.RECOVERING);
            case HEALTHY, PREFERRED -> {
                move(server, State.ACTIVE);
                return onlyOne();
            }
            case INVALID, STANDBY, RECOVERING, ACTIVE -> {
                // more of the same
            }
        }
        return List.of();
    }

    /// Of two that have connections the one with more keeps them.
    private List<AutoCloseable> onlyOne() {
        List<Server> active = servers.values().stream().filter(s -> s.state == State.ACTIVE)
                .sorted(Comparator.comparing(Server::load).reversed()).toList();
        List<AutoCloseable> closing = new ArrayList<>();
        for (Server loser : active.subList(Math.min(1, active.size()), active.size())) {
            move(loser, State.PREFERRED);
            closing.addAll(taken(loser));
        }
        return closing;
    }

    /// A connection has ended.
    synchronized void ended(String address, AutoCloseable connection) {
        Server server = servers.get(address);
        if (server != null) {
            server.connections.remove(connection);
        }
    }

    /// A connection could not be made.
    /// @return the connections to that server
    synchronized Collection<AutoCloseable> failed(String address) {
        Server server = servers.get(address);
        return server == null ? List.of() : fail(server);
    }

    private List<AutoCloseable> fail(Server server) {
        if (server.state != State.STANDBY) {
            move(server, State.FAILED);
        }
        return taken(server);
    }

    /// One round of checks.
    /// @param health what is known of an address
    /// @return the connections to close
    synchronized Collection<AutoCloseable> check(Function<String, Health> health) {
        Set<AutoCloseable> closing = new HashSet<>();
        boolean good = false;
        for (Server server : servers.values()) {
            switch (health.apply(server.address)) {
                case OK -> succeeded(server);
                case FAILED -> {
                    // before it has been found healthy only dialling tells that it is not
                    if (server.state.compareTo(State.HEALTHY) >= 0) {
                        closing.addAll(fail(server));
                    }
                }
                case UNKNOWN -> {
                    // nothing learnt
                }
            }
            rest(server);
            good |= server.state.compareTo(State.RECOVERING) >= 0;
        }
        closing.addAll(onlyOne());
        Server registration = servers.get(preset);
        if (good && registration != null && registration.state == State.STANDBY) {
            closing.addAll(taken(registration));
        }
        return closing;
    }

    private void succeeded(Server server) {
        switch (server.state) {
            case FAILED, UNCHECKED -> move(server, State.RECOVERING);
            case RECOVERING -> move(server, server.load() == 0 ? State.PREFERRED : State.ACTIVE);
            case INVALID, STANDBY, HEALTHY, PREFERRED, ACTIVE -> {
                // as good as checks can make it
            }
        }
    }

    private void rest(Server server) {
        boolean long60 = !clock.instant().isBefore(server.since.plus(PREFERENCE));
        if (server.state == State.PREFERRED && long60) {
            move(server, State.HEALTHY);
        } else if (server.state == State.ACTIVE && server.load() == 0) {
            move(server, State.PREFERRED);
        }
    }

    private void move(Server server, State state) {
        if (server.state != state) {
            server.state = state;
            server.since = clock.instant();
        }
    }

    private static List<AutoCloseable> taken(Server server) {
        List<AutoCloseable> all = List.copyOf(server.connections);
        server.connections.clear();
        return all;
    }

    /// K3s' gauges, in Prometheus' text form: one line each for every server there is.
    synchronized String metrics(String balancer) {
        MetricText text = new MetricText().family("k3s_loadbalancer_server_connections", MetricText.Type.GAUGE,
                "Connections to a server now, by load balancer and server.");
        servers.values().forEach(s -> text.value(s.load(), "name", balancer, "server", s.address));
        text.family("k3s_loadbalancer_server_health", MetricText.Type.GAUGE,
                "State of a server, by load balancer and server: " + State.numbers() + ".");
        servers.values().forEach(s -> text.value(s.state.ordinal(), "name", balancer, "server", s.address));
        return text.toString();
    }

    /// State and number of connections of each server, for people.
    synchronized Map<String, String> report() {
        Map<String, String> lines = new LinkedHashMap<>();
        servers.values().forEach(s -> lines.put(s.address, s.state + "/" + s.load()));
        return lines;
    }
}
