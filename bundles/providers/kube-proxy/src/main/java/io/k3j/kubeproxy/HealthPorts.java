package io.k3j.kubeproxy;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.HttpPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/// Serves the `healthCheckNodePort` of Services with `externalTrafficPolicy: Local`: external load balancers learn
/// whether this node has an endpoint, in upstream's format: 200 with at least one, else 503. One thread calls
/// [#keep].
final class HealthPorts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeproxy");
    private final Map<Integer, HttpPort> open = new HashMap<>();
    private final Map<Integer, Subject> subjects = new ConcurrentHashMap<>();
    private final Health health;
    private final BooleanSupplier healthy;

    /// The response of a port.
    record Subject(String namespace, String name, int localEndpoints) {
        String body(boolean healthy) {
            return "{\"service\":{\"namespace\":\"" + namespace + "\",\"name\":\"" + name + "\"},\"localEndpoints\":"
                    + localEndpoints + ",\"serviceProxyHealthy\":" + healthy + "}";
        }
    }

    /// @param health where the threads report
    /// @param healthy whether this proxy writes rules in time
    HealthPorts(Health health, BooleanSupplier healthy) {
        this.health = health;
        this.healthy = healthy;
    }

    /// Listens on exactly these ports. A port that is not available is retried at the next call.
    void keep(Map<Integer, Subject> wanted) {
        subjects.keySet().retainAll(wanted.keySet());
        subjects.putAll(wanted);
        open.entrySet().removeIf(e -> {
            boolean gone = !wanted.containsKey(e.getKey());
            if (gone) {
                e.getValue().close();
            }
            return gone;
        });
        wanted.keySet().stream().filter(p -> !open.containsKey(p)).forEach(this::listen);
    }

    private void listen(int port) {
        try {
            open.put(port, new HttpPort(health, "kube-proxy-health-" + port, new InetSocketAddress(port),
                    path -> answer(port)));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot open health check node port={0} error={1}",
                    Integer.toString(port), e.getMessage());
        }
    }

    private HttpPort.Answer answer(int port) {
        Subject subject = subjects.getOrDefault(port, new Subject("", "", 0));
        boolean good = healthy.getAsBoolean();
        return HttpPort.Answer.json(good && subject.localEndpoints() > 0,
                "X-Load-Balancing-Endpoint-Weight: " + subject.localEndpoints() + "\r\n", subject.body(good));
    }

    /// Closes all ports; the successor opens them again.
    @Override
    public void close() {
        open.values().forEach(HttpPort::close);
        open.clear();
    }
}
