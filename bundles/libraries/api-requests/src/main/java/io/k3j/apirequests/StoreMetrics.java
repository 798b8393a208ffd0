package io.k3j.apirequests;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Gvr;
import io.k3j.objectregistry.CommitObserver;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts writes to the datastore and how long they took, by resource, under upstream's names
/// (`etcd_request_duration_seconds`, `etcd_requests_total`), whichever datastore it is. Reads are answered from memory.
/// A write makes nothing but two additions. Any thread; nothing blocks.
public final class StoreMetrics implements CommitObserver {
    /// How many resources are counted, each version by itself; kinds come and go, and what was counted stays.
    static final int MAX_SERIES = 3_000;
    /// Upper bounds in seconds.
    private static final double[] BUCKETS = {0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6,
            8, 10, 15, 20, 30, 45, 60};
    private final Map<Series, Histogram> writes = new ConcurrentHashMap<>();
    /// Where the writes of a resource are added, by operation: versions of one resource share their series.
    private final Map<Gvr, Map<String, Histogram>> places = new ConcurrentHashMap<>();

    private record Series(String group, String resource, String operation) {
        String[] labels() {
            return new String[] {"group", group, "operation", operation, "resource", resource};
        }
    }

    @Override
    public void took(Gvr resource, String operation, long nanos) {
        Map<String, Histogram> known = places.get(resource);
        if (known == null && places.size() < MAX_SERIES) {
            known = places.computeIfAbsent(resource, r -> new ConcurrentHashMap<>());
        }
        if (known != null) {
            place(known, resource, operation).add(nanos);
        }
    }

    private Histogram place(Map<String, Histogram> known, Gvr resource, String operation) {
        Histogram times = known.get(operation);
        if (times == null) {
            times = writes.computeIfAbsent(new Series(resource.group(), resource.resource(), operation),
                    s -> new Histogram(BUCKETS));
            known.put(operation, times);
        }
        return times;
    }

    /// Writes everything counted, in a stable order.
    public void to(MetricText text) {
        List<Map.Entry<Series, Histogram>> sorted = writes.entrySet().stream()
                .sorted(Comparator.comparing(e -> e.getKey().toString())).toList();
        text.family("etcd_request_duration_seconds", MetricText.Type.HISTOGRAM,
                "How long the datastore took for writes, by operation and resource.");
        sorted.forEach(e -> text.histogram(e.getValue(), e.getKey().labels()));
        text.family("etcd_requests_total", MetricText.Type.COUNTER,
                "Writes that were sent to the datastore, by operation and resource.");
        sorted.forEach(e -> text.value(e.getValue().count(), e.getKey().labels()));
    }
}
