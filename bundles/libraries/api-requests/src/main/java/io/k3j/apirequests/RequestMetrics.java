package io.k3j.apirequests;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts requests and writes them in Prometheus' text form, under upstream's names (`apiserver_request_total`,
/// `apiserver_request_duration_seconds`). Any thread; nothing blocks.
public final class RequestMetrics {
    /// How many different label sets are counted; more are added to none. Paths are made up by clients, and a series
    /// lives as long as the process.
    static final int MAX_SERIES = 5_000;
    /// Upper bounds in seconds.
    private static final double[] BUCKETS = {0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6,
            8, 10, 15, 20, 30, 45, 60};
    private final Map<Series, Histogram> requests = new ConcurrentHashMap<>();

    private record Series(String verb, String group, String version, String resource, String subresource, String scope,
            int code) {
        String[] labels() {
            return new String[] {"code", Integer.toString(code), "group", group, "resource", resource, "scope", scope,
                    "subresource", subresource, "verb", verb, "version", version};
        }
    }

    /// Counts one answered request; only those of resources.
    ///
    /// @param nanos from when it came to the end of its answer
    public void request(RequestInfo info, int code, long nanos) {
        if (!info.resource()) {
            return;
        }
        String scope = !info.name().isEmpty() ? "resource" : info.namespace().isEmpty() ? "cluster" : "namespace";
        Series series = new Series(info.verb().toUpperCase(Locale.ROOT), info.gvr().group(), info.gvr().version(),
                info.gvr().resource(), info.subresource(), scope, code);
        Histogram times = requests.get(series);
        if (times == null && requests.size() < MAX_SERIES) {
            times = requests.computeIfAbsent(series, s -> new Histogram(BUCKETS));
        }
        if (times != null) {
            times.add(nanos);
        }
    }

    /// Writes everything counted, in a stable order. What is counted meanwhile may be in it or not.
    public void to(MetricText text) {
        List<Map.Entry<Series, Histogram>> sorted = requests.entrySet().stream()
                .sorted(Comparator.comparing(e -> e.getKey().toString())).toList();
        text.family("apiserver_request_total", MetricText.Type.COUNTER,
                "Requests answered, by verb, resource and code.");
        sorted.forEach(e -> text.value(e.getValue().count(), e.getKey().labels()));
        text.family("apiserver_request_duration_seconds", MetricText.Type.HISTOGRAM, "How long requests took.");
        sorted.forEach(e -> text.histogram(e.getValue(), e.getKey().labels()));
    }
}
