package io.k3j.agent;

import io.k3j.streaming.TunnelTarget;
import io.k3j.streaming.UnreadBudget;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The tunnels, one to each server.
final class Tunnels implements AutoCloseable {
    private final NodeFiles files;
    private final TunnelTarget target;
    private final Runnable changed;
    private final InstantSource clock;
    private final io.k3j.componentapi.Health loops;
    private final UnreadBudget unread = new UnreadBudget(Runtime.getRuntime().maxMemory());
    private final Map<String, Tunnel> byServer = new LinkedHashMap<>();
    private boolean closed;

    /// @param loops receives the state of their threads
    Tunnels(NodeFiles files, TunnelTarget target, Runnable changed, InstantSource clock,
            io.k3j.componentapi.Health loops) {
        this.loops = loops;
        this.files = files;
        this.target = target;
        this.changed = changed;
        this.clock = clock;
    }

    /// Sets the present servers. Waits for the end of tunnels to others: each looks at this object before it ends, so
    /// that nobody may wait for it with its monitor.
    void set(Collection<String> addresses) {
        end(exchange(addresses));
    }

    private static void end(List<Tunnel> gone) {
        gone.forEach(Tunnel::close);
        gone.forEach(Tunnel::awaitEnd);
    }

    private synchronized List<Tunnel> exchange(Collection<String> addresses) {
        if (closed) {
            return List.of();
        }
        List<Tunnel> gone = new ArrayList<>();
        for (String known : List.copyOf(byServer.keySet())) {
            if (!addresses.contains(known) && byServer.remove(known) instanceof Tunnel tunnel) {
                gone.add(tunnel);
            }
        }
        addresses.forEach(
                a -> byServer.computeIfAbsent(a, n -> new Tunnel(n, files, target, changed, clock, loops, unread)));
        return gone;
    }

    /// The health of a server.
    synchronized TunnelHealth health(String address) {
        Tunnel tunnel = byServer.get(address);
        return tunnel == null ? TunnelHealth.UNKNOWN : tunnel.health();
    }

    @Override
    public void close() {
        List<Tunnel> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(byServer.values());
            byServer.clear();
        }
        end(all);
    }
}
