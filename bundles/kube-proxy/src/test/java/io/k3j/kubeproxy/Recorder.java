package io.k3j.kubeproxy;

import io.k3j.nodeapi.PacketFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A packet filter that keeps what it is given.
final class Recorder implements PacketFilter {
    final List<String> scripts = new ArrayList<>();
    final List<String> forgotten = new ArrayList<>();

    @Override
    public void apply(String script) {
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
}
