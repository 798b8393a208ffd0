package io.k3j.apiserver;

import io.k3j.componentapi.MetricText;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts requests and writes them in Prometheus' text form, under upstream's names.
final class Metrics {
    /// How many different label sets are counted; more are added to none.
    static final int MAX_SERIES = 5_000;
    private static final double[] BUCKETS = {0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6,
            8, 10, 15, 20, 30, 45, 60};
    private final Map<Series, Counts> requests = new ConcurrentHashMap<>();

    private record Series(String verb, String group, String version, String resource, String subresource, String scope,
            int code) {
        String[] labels() {
            return new String[] {"code", Integer.toString(code), "group", group, "resource", resource, "scope", scope,
                    "subresource", subresource, "verb", verb, "version", version};
        }
    }

    /// One series: how many, how long altogether, and how many below each bound.
    private static final class Counts {
        private final LongAdder count = new LongAdder();
        private final LongAdder nanos = new LongAdder();
        private final LongAdder[] below = new LongAdder[BUCKETS.length];

        Counts() {
            Arrays.setAll(below, i -> new LongAdder());
        }

        void add(long took) {
            count.increment();
            nanos.add(took);
            double seconds = took / 1e9;
            for (int i = 0; i < BUCKETS.length; i++) {
                if (seconds <= BUCKETS[i]) {
                    below[i].increment();
                    return;
                }
            }
        }

        long[] each() {
            long all = count.sum();
            long[] each = new long[BUCKETS.length + 1];
            for (int i = 0; i < BUCKETS.length; i++) {
                each[i] = below[i].sum();
            }
            each[BUCKETS.length] = Math.max(0, all - Arrays.stream(each).sum());
            return each;
        }
    }

    /// Counts one answered request.
    void request(RequestInfo info, int code, long nanos) {
        if (!info.resource()) {
            return;
        }
        String scope = !info.name().isEmpty() ? "resource" : info.namespace().isEmpty() ? "cluster" : "namespace";
        Series series = new Series(info.verb().toUpperCase(Locale.ROOT), info.gvr().group(), info.gvr().version(),
                info.gvr().resource(), info.subresource(), scope, code);
        Counts counts = requests.get(series);
        if (counts == null && requests.size() < MAX_SERIES) {
            counts = requests.computeIfAbsent(series, s -> new Counts());
        }
        if (counts != null) {
            counts.add(nanos);
        }
    }

    /// Writes everything counted.
    void to(MetricText text) {
        List<Map.Entry<Series, Counts>> sorted = requests.entrySet().stream()
                .sorted(Comparator.comparing(e -> e.getKey().toString())).toList();
        text.family("apiserver_request_total", MetricText.Type.COUNTER,
                "Requests answered, by verb, resource and code.");
        sorted.forEach(e -> text.value(e.getValue().count.sum(), e.getKey().labels()));
        text.family("apiserver_request_duration_seconds", MetricText.Type.HISTOGRAM, "How long requests took.");
        sorted.forEach(e -> text.histogram(BUCKETS, e.getValue().each(), e.getValue().nanos.sum() / 1e9,
                e.getKey().labels()));
    }
}
