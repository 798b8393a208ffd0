package io.k3j.apiwatches;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Gvr;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts what watches are told, by resource, under upstream's names (`apiserver_watch_events_total`,
/// `apiserver_watch_events_sizes`). A watch asks for its place once, so that an event costs two additions. Any thread;
/// nothing blocks.
public final class WatchMetrics {
    /// How many resources are counted; kinds come and go, and what was counted stays.
    static final int MAX_SERIES = 3_000;
    /// Upper bounds in bytes.
    private static final double[] SIZES = Histogram.doubling(1_024, 8);
    private final Map<Gvr, Histogram> events = new ConcurrentHashMap<>();
    /// Of all resources beyond the bound.
    private final Histogram uncounted = Histogram.ofBytes(SIZES);

    /// Where the sizes of events of a resource are added.
    Histogram of(Gvr resource) {
        Histogram known = events.get(resource);
        if (known != null) {
            return known;
        }
        return events.size() < MAX_SERIES ? events.computeIfAbsent(resource, r -> Histogram.ofBytes(SIZES)) : uncounted;
    }

    /// Writes everything counted, in a stable order.
    public void to(MetricText text) {
        List<Map.Entry<Gvr, Histogram>> sorted = events.entrySet().stream()
                .sorted(Comparator.comparing(e -> e.getKey().toString())).toList();
        text.family("apiserver_watch_events_total", MetricText.Type.COUNTER, "Events sent to watches.");
        sorted.forEach(e -> text.value(e.getValue().count(), labels(e.getKey())));
        text.family("apiserver_watch_events_sizes", MetricText.Type.HISTOGRAM, "How many bytes events have.");
        sorted.forEach(e -> text.histogram(e.getValue(), labels(e.getKey())));
    }

    private static String[] labels(Gvr of) {
        return new String[] {"group", of.group(), "resource", of.resource(), "version", of.version()};
    }
}
