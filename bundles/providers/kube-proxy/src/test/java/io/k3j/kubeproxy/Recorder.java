package io.k3j.kubeproxy;

import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A packet filter that records its input.
final class Recorder implements PacketFilter {
    final List<String> scripts = new ArrayList<>();
    /// Scripts with this in them are refused.
    String refused = "";
    final List<String> forgotten = new ArrayList<>();

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
        forgotten.add(address + ":" + port);
    }

    @Override
    public void forgetFlows(String address, int port, String endpoint, int endpointPort) {
        forgotten.add(address + ":" + port + " led to " + endpoint + ":" + endpointPort);
    }

    @Override
    public AutoCloseable onForeignChange(Runnable changed) {
        return () -> {
        };
    }
}
