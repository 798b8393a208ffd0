package io.k3j.kubeproxy;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.HttpPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The ports this proxy listens on: health (10256), metrics (10249), and those of Services for load balancers outside.
/// One that is taken, as for an instant during a swap, is tried again at each [#keep]. One thread.
final class ProxyPorts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeproxy");
    private final Health health;
    private final ProxyOptions options;
    private final ProxyStatus status;
    private final Supplier<String> text;
    private final HealthPorts services;
    private @Nullable HttpPort healthz;
    private @Nullable HttpPort metrics;

    /// Opens what is free.
    ///
    /// @param text all metrics
    ProxyPorts(Health health, ProxyOptions options, ProxyStatus status, Supplier<String> text) {
        this.health = health;
        this.options = options;
        this.status = status;
        this.text = text;
        this.services = new HealthPorts(health, status::healthy);
        open();
    }

    private void open() {
        if (healthz == null) {
            healthz = port("kube-proxy-healthz", options.healthz(), status::health);
        }
        if (metrics == null) {
            metrics = port("kube-proxy-metrics", options.metrics(), p -> status.metrics(p, text.get()));
        }
    }

    private @Nullable HttpPort port(String name, Optional<InetSocketAddress> address,
            Function<String, HttpPort.Answer> answers) {
        if (address.isEmpty()) {
            return null;
        }
        try {
            return new HttpPort(health, name, address.get(), answers);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot open a port name={0} address={1} error={2}", name,
                    address.get(), e.getMessage());
            return null;
        }
    }

    /// Listens for these Services and no others.
    void keep(Map<Integer, HealthPorts.Subject> wanted) {
        open();
        services.keep(wanted);
    }

    @Override
    public void close() {
        for (HttpPort port : new HttpPort[] {healthz, metrics}) {
            if (port != null) {
                port.close();
            }
        }
        services.close();
    }
}
