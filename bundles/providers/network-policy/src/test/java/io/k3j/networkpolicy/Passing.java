package io.k3j.networkpolicy;

import io.k3j.nodeapi.PacketFilter;
import java.util.Map;
import java.util.Set;

/// A filter that hands on to another.
class Passing implements PacketFilter {
    private final PacketFilter next;

    Passing(PacketFilter next) {
        this.next = next;
    }

    @Override
    public void apply(String script) {
        next.apply(script);
    }

    @Override
    public Set<String> objects(String family, String table) {
        return next.objects(family, table);
    }

    @Override
    public Map<String, Long> counters(String family, String table) {
        return next.counters(family, table);
    }

    @Override
    public void forgetFlows(String address, int port) {
        next.forgetFlows(address, port);
    }

    @Override
    public AutoCloseable onForeignChange(Runnable changed) {
        return next.onForeignChange(changed);
    }
}
