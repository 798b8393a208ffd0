package io.k3j.aggregator;

import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.MetricText;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// How often what another server says in OpenAPI 2 was made anew, under the names that upstream declares
/// (`aggregator_openapi_v2_regeneration_count`, `aggregator_openapi_v2_regeneration_duration`). Nothing before the
/// first time. Any thread; nothing blocks.
final class OpenApiMetrics implements Metrics {
    /// APIServices with counts of their own; what comes later counts as `*`.
    static final int MOST_SERVICES = 500;
    private static final double NANOS = 1e9;
    private final Map<String, Map<String, Long>> counts = new TreeMap<>();
    private final Map<String, Double> seconds = new TreeMap<>();

    /// Once more.
    /// @param name of the APIService
    /// @param reason `add`, `update` or `delete`
    synchronized void regenerated(String name, String reason, Duration took) {
        String counted = counts.containsKey(name) || counts.size() < MOST_SERVICES ? name : "*";
        counts.computeIfAbsent(counted, n -> new TreeMap<>()).merge(reason, 1L, Long::sum);
        seconds.put(reason, took.toNanos() / NANOS);
    }

    @Override
    public synchronized String text() {
        if (counts.isEmpty()) {
            return "";
        }
        MetricText text = new MetricText();
        text.family("aggregator_openapi_v2_regeneration_count", MetricText.Type.COUNTER,
                "How often OpenAPI v2 was made anew because of an APIService, by reason.");
        counts.forEach((name, reasons) -> reasons
                .forEach((reason, count) -> text.value(count, "apiservice", name, "reason", reason)));
        text.family("aggregator_openapi_v2_regeneration_duration", MetricText.Type.GAUGE,
                "How many seconds it took to read, filter and keep the last document, by reason.");
        seconds.forEach((reason, took) -> text.value(took, "reason", reason));
        return text.toString();
    }
}
