package io.k3j.servicelb;

import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Key;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// What the balancer counts. Any thread.
final class ServiceLbMetrics implements Metrics {
    private final Map<Key, Figures> services = new ConcurrentHashMap<>();
    private final LongAdder writes = new LongAdder();

    private record Figures(int addresses, int refused) {
    }

    /// How many addresses a Service has, and why nodes do not carry it.
    void carried(Key service, int addresses, List<PortRefusals.Reason> refused) {
        services.put(service, new Figures(addresses, refused.size()));
    }

    /// A Service is not balanced any more.
    void gone(Key service) {
        services.remove(service);
    }

    /// A status was written.
    void wrote() {
        writes.increment();
    }

    @Override
    public String text() {
        long served = services.values().stream().filter(f -> f.addresses() > 0).count();
        return new MetricText()
                .family("k3j_servicelb_services", MetricText.Type.GAUGE,
                        "Balanced Services by whether they have addresses")
                .value(served, "state", "served").value(services.size() - served, "state", "pending")
                .family("k3j_servicelb_refused_nodes", MetricText.Type.GAUGE,
                        "Nodes that do not carry a Service because a port is not free, over all Services")
                .value(services.values().stream().mapToLong(Figures::refused).sum())
                .family("k3j_servicelb_status_writes_total", MetricText.Type.COUNTER, "Statuses written")
                .value(writes.sum()).toString();
    }
}
