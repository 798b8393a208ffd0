package io.k3j.kubeproxy;

import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A packet filter that records its input.
final class Recorder implements PacketFilter {
    final List<String> scripts = new ArrayList<>();
    /// Scripts with this in them are refused.
    String refused = "";
    /// The flows that are there.
    final Set<UdpFlow> tracked = new HashSet<>();
    final List<String> forgotten = new ArrayList<>();
    int mostForgotten = Integer.MAX_VALUE;
    /// Whether it cannot tell any.
    boolean fails;
    /// How often it was asked about flows.
    int calls;

    @Override
    public void apply(String script) {
        if (!refused.isEmpty() && script.contains(refused)) {
            throw new FilterRefused("told to refuse " + refused);
        }
        scripts.add(script);
    }

    @Override
    public Set<String> objects(String family, String table) {
        return Set.of();
    }

    @Override
    public void forgetFlows(String address, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Set<UdpFlow>> udpFlows(boolean ipv6) {
        calls++;
        return fails ? Optional.empty()
                : Optional.of(tracked.stream().filter(f -> f.address().contains(":") == ipv6)
                        .collect(Collectors.toSet()));
    }

    @Override
    public boolean forgetFlows(Collection<UdpFlow> flows) {
        calls++;
        List<UdpFlow> some = flows.stream().limit(mostForgotten).toList();
        some.forEach(tracked::remove);
        some.forEach(f -> forgotten
                .add(f.address() + ":" + f.port() + " led to " + f.endpoint() + ":" + f.endpointPort()));
        return some.size() == flows.size();
    }

    @Override
    public AutoCloseable onForeignChange(Runnable changed) {
        return () -> {
        };
    }
}
