package io.k3j.dnsplugins;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// The resolvers of one `forward`: those written in the Corefile, and those of the node's `resolv.conf`, which is read
/// again every ten seconds while it is used. For any thread.
public final class Upstreams {
    private static final Duration LOOK = Duration.ofSeconds(10);
    private final List<Upstream> fixed;
    private final Supplier<List<InetSocketAddress>> node;
    private final InstantSource clock;
    private final Map<InetSocketAddress, Upstream> known = new HashMap<>();
    private List<Upstream> current = List.of();
    private Instant read = Instant.MIN;

    /// @param fixed those written in the Corefile
    /// @param node what `/etc/resolv.conf` says now; an empty list when the Corefile does not name it
    /// @param clock a monotonic clock
    public Upstreams(List<Upstream> fixed, Supplier<List<InetSocketAddress>> node, InstantSource clock) {
        this.fixed = fixed;
        this.node = node;
        this.clock = clock;
    }

    /// Those of now, in the order they are written.
    ///
    /// Who stays in `resolv.conf` keeps what is known of its health; who has gone from it is forgotten. Blocks for
    /// reading that file when it is time to.
    public synchronized List<Upstream> now() {
        Instant now = clock.instant();
        if (read.equals(Instant.MIN) || now.isAfter(read.plus(LOOK))) {
            List<InetSocketAddress> there = node.get();
            known.keySet().retainAll(there);
            List<Upstream> all = new ArrayList<>(fixed);
            there.forEach(a -> all.add(known.computeIfAbsent(a, x -> new Upstream(x, false, ""))));
            current = List.copyOf(all);
            read = now;
        }
        return current;
    }
}
