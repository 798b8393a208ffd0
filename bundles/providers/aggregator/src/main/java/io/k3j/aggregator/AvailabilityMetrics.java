package io.k3j.aggregator;

import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Struct;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Which APIServices this server finds unavailable, under upstream's names (`aggregator_unavailable_apiservice`,
/// `aggregator_unavailable_apiservice_total`). Any thread; nothing blocks.
final class AvailabilityMetrics implements Metrics {
    private final Map<String, Service> services = new ConcurrentHashMap<>();

    private static final class Service {
        private final Map<String, LongAdder> losses = new ConcurrentHashMap<>();
        private volatile boolean unavailable;
    }

    /// What was found of one.
    ///
    /// @param condition its condition `Available`
    void found(String name, Struct condition) {
        Service service = services.computeIfAbsent(name, n -> new Service());
        boolean unavailable = !condition.text("status").equals("True");
        if (unavailable && !service.unavailable) {
            service.losses.computeIfAbsent(condition.text("reason"), r -> new LongAdder()).increment();
        }
        service.unavailable = unavailable;
    }

    /// There is none of this name any more.
    void gone(String name) {
        services.remove(name);
    }

    @Override
    public String text() {
        MetricText text = new MetricText();
        Map<String, Service> sorted = new TreeMap<>(services);
        text.family("aggregator_unavailable_apiservice", MetricText.Type.GAUGE,
                "Whether an APIService is found unavailable by this server.");
        sorted.forEach((name, service) -> text.value(service.unavailable ? 1 : 0, "name", name));
        text.family("aggregator_unavailable_apiservice_total", MetricText.Type.COUNTER,
                "How often an APIService became unavailable, by reason.");
        sorted.forEach((name, service) -> new TreeMap<>(service.losses)
                .forEach((reason, count) -> text.value(count.sum(), "name", name, "reason", reason)));
        return text.toString();
    }
}
