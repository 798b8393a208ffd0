package io.k3j.kubeproxy;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// What this proxy counts of itself, by upstream's names
/// (<https://kubernetes.io/docs/reference/instrumentation/metrics/>). Rules of both families are written at once, so
/// that upstream's label `ip_family` is there only where the families differ. Any thread; nothing blocks.
final class ProxyMetrics {
    private static final double NANOS = 1e9;
    /// What took longer was no change, but a clock that was set; the sum of many such would be none.
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final String RULES = "kubeproxy_sync_proxy_rules_";
    private final Histogram syncs = new Histogram(Histogram.doubling(0.001, 15));
    private final Histogram programming = new Histogram(programmingBounds());
    private final LongAdder failures = new LongAdder();
    private final LongAdder services = new LongAdder();
    private final LongAdder endpoints = new LongAdder();
    /// Answers of health by path and status.
    private final Map<String, Map<String, LongAdder>> health = new ConcurrentHashMap<>();

    /// Upstream's: by seconds for a minute, then coarser up to five minutes.
    private static double[] programmingBounds() {
        DoubleStream seconds = IntStream.rangeClosed(1, 59).asDoubleStream();
        DoubleStream fives = IntStream.range(0, 12).mapToDouble(i -> 60 + 5 * i);
        DoubleStream halfMinutes = IntStream.range(0, 7).mapToDouble(i -> 120 + 30 * i);
        return DoubleStream.concat(DoubleStream.concat(DoubleStream.of(0.25, 0.5), seconds),
                DoubleStream.concat(fives, halfMinutes)).toArray();
    }

    /// A Service, or an endpoint of one, has changed.
    void heard(boolean service) {
        (service ? services : endpoints).increment();
    }

    /// Rules were written.
    void synced(long nanos) {
        syncs.add(nanos);
    }

    /// Endpoints stand in the kernel that had changed, or their pods had, so long ago. Any duration will do: rules
    /// must not wait for what is counted.
    void programmed(Duration took) {
        Duration most = took.compareTo(LONGEST) > 0 ? LONGEST : took;
        programming.add(most.isNegative() ? 0 : most.toNanos());
    }

    /// The kernel has refused something.
    void failed() {
        failures.increment();
    }

    /// An answer of health was given.
    ///
    /// @param path `/healthz` or `/livez`
    /// @param status it begins with the code
    void answered(String path, String status) {
        health.computeIfAbsent(path.substring(1), p -> new ConcurrentHashMap<>())
                .computeIfAbsent(status.substring(0, 3), c -> new LongAdder()).increment();
    }

    /// What waits to be written, and what was written last.
    ///
    /// @param services how many Services wait that have changed
    /// @param endpoints how many Services wait whose endpoints have changed
    /// @param noEndpoints how many ports of Services have endpoints, and none here for a local policy, by family and
    ///     `traffic_policy`
    /// @param written when rules were last written
    /// @param queued when a change was last heard of
    record Pending(int services, int endpoints, Map<Family, Map<String, Long>> noEndpoints, Instant written,
            Instant queued) {
    }

    /// The metrics.
    String text(Pending now) {
        MetricText text = new MetricText();
        rules(text, now);
        text.family("kubeproxy_network_programming_duration_seconds", MetricText.Type.HISTOGRAM,
                "In Cluster Network Programming Latency in seconds").histogram(programming);
        text.family(RULES + "no_local_endpoints_total", MetricText.Type.GAUGE,
                "Number of services with a Local traffic policy and no endpoints");
        now.noEndpoints.forEach((family, counts) -> counts.forEach((policy, count) -> text.value(count, "ip_family",
                family.slices(), "traffic_policy", policy)));
        new TreeMap<>(health).forEach((path, codes) -> {
            text.family("kubeproxy_proxy_" + path + "_total", MetricText.Type.COUNTER,
                    "Cumulative proxy " + path + " HTTP status");
            new TreeMap<>(codes).forEach((code, count) -> text.value(count.sum(), "code", code));
        });
        return text.toString();
    }

    private void rules(MetricText text, Pending now) {
        text.family(RULES + "duration_seconds", MetricText.Type.HISTOGRAM, "SyncProxyRules latency in seconds")
                .histogram(syncs);
        gauge(text, "last_timestamp_seconds", "The last time proxy rules were successfully synced",
                seconds(now.written));
        gauge(text, "last_queued_timestamp_seconds", "The last time a sync of proxy rules was queued",
                seconds(now.queued));
        counter(text, "service_changes_total", "Cumulative proxy rules Service changes", services);
        counter(text, "endpoint_changes_total", "Cumulative proxy rules Endpoint changes", endpoints);
        gauge(text, "service_changes_pending", "Pending proxy rules Service changes", now.services);
        gauge(text, "endpoint_changes_pending", "Pending proxy rules Endpoint changes", now.endpoints);
        counter(text, "nftables_sync_failures_total", "Cumulative proxy nftables sync failures", failures);
    }

    private static void gauge(MetricText text, String name, String help, Number value) {
        text.family(RULES + name, MetricText.Type.GAUGE, help).value(value);
    }

    private static void counter(MetricText text, String name, String help, LongAdder count) {
        text.family(RULES + name, MetricText.Type.COUNTER, help).value(count.sum());
    }

    private static double seconds(Instant at) {
        return at.getEpochSecond() + at.getNano() / NANOS;
    }
}
