package io.k3j.apiserver;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
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
        String labels() {
            return "code=\"" + code + "\",group=\"" + group + "\",resource=\"" + resource + "\",scope=\"" + scope
                    + "\",subresource=\"" + subresource + "\",verb=\"" + verb + "\",version=\"" + version + "\"";
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

    /// Everything counted, and the gauges given by their names with labels; one that ends in `_total` is a counter.
    String text(SortedMap<String, Number> gauges) {
        StringBuilder b = new StringBuilder(4_096);
        Map<String, Counts> sorted = new TreeMap<>();
        requests.forEach((s, c) -> sorted.put(s.labels(), c));
        head(b, "apiserver_request_total", "counter", "Requests answered, by verb, resource and code.");
        sorted.forEach((labels, c) -> line(b, "apiserver_request_total", labels, c.count.sum()));
        head(b, "apiserver_request_duration_seconds", "histogram", "How long requests took.");
        sorted.forEach((labels, c) -> histogram(b, labels, c));
        String last = "";
        for (Map.Entry<String, Number> gauge : gauges.entrySet()) {
            String name = gauge.getKey();
            String family = name.substring(0, (name + "{").indexOf('{'));
            if (!family.equals(last)) {
                head(b, family, family.endsWith("_total") ? "counter" : "gauge",
                        "See the Kubernetes metrics reference.");
            }
            line(b, name, "", gauge.getValue());
            last = family;
        }
        return b.toString();
    }

    private static void histogram(StringBuilder b, String labels, Counts c) {
        long sum = 0;
        for (int i = 0; i < BUCKETS.length; i++) {
            sum += c.below[i].sum();
            line(b, "apiserver_request_duration_seconds_bucket", labels + ",le=\"" + BUCKETS[i] + "\"", sum);
        }
        line(b, "apiserver_request_duration_seconds_bucket", labels + ",le=\"+Inf\"", c.count.sum());
        line(b, "apiserver_request_duration_seconds_sum", labels, c.nanos.sum() / 1e9);
        line(b, "apiserver_request_duration_seconds_count", labels, c.count.sum());
    }

    private static void head(StringBuilder b, String name, String type, String help) {
        b.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ')
                .append(type).append('\n');
    }

    private static void line(StringBuilder b, String name, String labels, Number value) {
        b.append(name);
        if (!labels.isEmpty()) {
            b.append('{').append(labels).append('}');
        }
        b.append(' ').append(value).append('\n');
    }
}
