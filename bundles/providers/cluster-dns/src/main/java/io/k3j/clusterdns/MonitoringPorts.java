package io.k3j.clusterdns;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.HttpPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// The pages of `prometheus`, `health` and `ready` over HTTP. One thread calls [#keep].
final class MonitoringPorts implements AutoCloseable {
    /// Where `health` and `ready` are without an address of their own: beside the metrics. CoreDNS' 8080 and 8181 are
    /// those of a pod; here they would be taken from everybody else on the node.
    static final String SHARED = ":9153";
    private static final System.Logger LOG = System.getLogger("io.k3j.clusterdns");
    private final Health health;
    private final Function<String, HttpPort.Answer> pages;
    private final Map<InetSocketAddress, HttpPort> open = new HashMap<>();
    private final Map<InetSocketAddress, Set<String>> paths = new ConcurrentHashMap<>();

    /// @param health where the threads report
    /// @param pages path to page
    MonitoringPorts(Health health, Function<String, HttpPort.Answer> pages) {
        this.health = health;
        this.pages = pages;
    }

    /// The sockets for an address of the Corefile: those of this node's DNS, or loopback when it says so.
    static List<InetSocketAddress> sockets(String written, ServingAddresses serving) {
        int colon = written.lastIndexOf(':');
        int port = Integer.parseInt(written.substring(colon + 1));
        String host = written.substring(0, colon);
        if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
            return List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
        return serving.addresses().stream().map(a -> new InetSocketAddress(InetAddress.ofLiteral(a), port)).toList();
    }

    /// Serves exactly these. An address that is not available is tried again at the next call.
    void keep(Map<InetSocketAddress, Set<String>> wanted) {
        paths.keySet().retainAll(wanted.keySet());
        paths.putAll(wanted);
        open.entrySet().removeIf(e -> !wanted.containsKey(e.getKey()) && closed(e.getValue()));
        wanted.keySet().stream().filter(a -> !open.containsKey(a)).forEach(this::listen);
    }

    private void listen(InetSocketAddress at) {
        try {
            open.put(at, new HttpPort(health,
                    "dns-pages-" + at.getAddress().getHostAddress() + "-" + at.getPort(), at,
                    path -> paths.getOrDefault(at, Set.of()).contains(path) ? pages.apply(path)
                            : HttpPort.Answer.NOT_FOUND));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot open page port={0} error={1}", Integer.toString(at.getPort()),
                    e.getMessage());
        }
    }

    private static boolean closed(HttpPort port) {
        port.close();
        return true;
    }

    /// Closes all ports; the successor opens them again.
    @Override
    public void close() {
        open.values().forEach(HttpPort::close);
        open.clear();
    }
}
