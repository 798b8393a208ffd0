package io.k3j.servicelb;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Looks which wanted ports of this node somebody listens on. A port whose listener has gone counts as taken for a
/// while: a process that is being restarted finds its port again. For one thread.
final class PortChecks {
    static final Duration RESTART = Duration.ofSeconds(10);
    /// More ports are not looked at; a Service that wants one of the others waits, and its Event says so.
    private static final int MOST_PORTS = 10_000;
    private final HostSockets sockets;
    private final SocketOwners owners;
    private final InstantSource clock;
    private final Map<BalancedPort, Taken> taken = new HashMap<>();

    private record Taken(String owner, Instant last) {
    }

    /// @param clock for waiting
    PortChecks(HostSockets sockets, SocketOwners owners, InstantSource clock) {
        this.sockets = sockets;
        this.owners = owners;
        this.clock = clock;
    }

    /// Looks at some ports. A socket on an address that is not the node's, as the loopback or that of the pod network,
    /// is in nobody's way.
    ///
    /// @param addresses of the node
    /// @throws IOException when the kernel cannot be asked
    PortReport look(Set<BalancedPort> wanted, Set<InetAddress> addresses) throws IOException {
        Set<BalancedPort> looked = wanted.stream().sorted().limit(MOST_PORTS).collect(Collectors.toSet());
        List<HostSocket> found = sockets.on(looked).stream()
                .filter(s -> s.address().isAnyLocalAddress() || addresses.contains(s.address())).toList();
        Map<Long, String> names = owners.names(found.stream().map(HostSocket::inode).collect(Collectors.toSet()));
        Instant now = clock.instant();
        taken.keySet().retainAll(looked);
        taken.values().removeIf(t -> Duration.between(t.last(), now).compareTo(RESTART) > 0);
        found.forEach(s -> taken.put(s.port(), new Taken(names.getOrDefault(s.inode(), ""), now)));
        Map<BalancedPort, String> told = new TreeMap<>();
        taken.forEach((port, by) -> told.put(port, by.owner()));
        return PortReport.of(looked, told);
    }
}
