package io.k3j.serviceaddresses;

import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The node ports that the ports of one Service have so far: the same port in another protocol shares one of them, as
/// DNS serves TCP and UDP on one number.
public final class SharedNodePorts {
    private final Map<Long, Set<NodePort>> byPort = new HashMap<>();
    private final Predicate<String> free;

    private record NodePort(long number, String protocol) {
    }

    /// @param free whether nobody has a node port, written `30080/TCP`
    public SharedNodePorts(Predicate<String> free) {
        this.free = free;
    }

    /// A port has a node port now.
    public void add(Struct port, long number) {
        byPort.computeIfAbsent(port.whole("port", 0), p -> new LinkedHashSet<>())
                .add(new NodePort(number, port.text("protocol")));
    }

    /// The first node port that the same port has in another protocol and that is free in this one.
    public Optional<Long> find(Struct port) {
        String protocol = port.text("protocol");
        return byPort.getOrDefault(port.whole("port", 0), Set.of()).stream()
                .filter(other -> !other.protocol.equals(protocol) && free.test(other.number + "/" + protocol))
                .map(NodePort::number).findFirst();
    }
}
