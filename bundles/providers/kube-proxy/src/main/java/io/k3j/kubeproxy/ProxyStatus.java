package io.k3j.kubeproxy;

import io.k3j.componentbase.HttpPort;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Obj;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// What this proxy counts of itself and says of its health, by upstream's names and paths. Any thread.
///
/// Healthy is a proxy that has written the last change, or heard of it less than a minute ago; `/healthz` also says
/// 503 on a node that is going to be deleted, so that load balancers leave it.
final class ProxyStatus {
    private static final Duration LATE = Duration.ofSeconds(60);
    private static final DateTimeFormatter GO = DateTimeFormatter
            .ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSSSS Z 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final double NANOS = 1e9;
    private final InstantSource clock;
    private final Histogram syncs = new Histogram(Histogram.doubling(0.001, 15));
    private final LongAdder failures = new LongAdder();
    private final LongAdder services = new LongAdder();
    private final LongAdder endpoints = new LongAdder();
    /// Since when a change waits.
    private final AtomicReference<@Nullable Instant> waiting = new AtomicReference<>();
    private volatile Instant written;
    private volatile Instant queued;
    private volatile boolean eligible = true;

    ProxyStatus(InstantSource clock) {
        this.clock = clock;
        written = clock.instant();
        queued = written;
    }

    /// A Service, or an endpoint of one, has changed.
    void heard(boolean service) {
        (service ? services : endpoints).increment();
        queued = clock.instant();
        waiting.compareAndSet(null, queued);
    }

    /// Everything heard of until `begun` stands.
    void wrote(Instant begun, long nanos) {
        syncs.add(nanos);
        written = clock.instant();
        Instant since = waiting.get();
        if (since != null && !since.isAfter(begun)) {
            waiting.compareAndSet(since, null);
        }
    }

    /// The kernel has refused something.
    void failed() {
        failures.increment();
    }

    /// Whether load balancers may send to this node.
    void eligible(boolean now) {
        eligible = now;
    }

    /// Whether load balancers may send to a node: it is not being deleted, by the API or by the autoscaler.
    static boolean eligible(Obj node) {
        return !node.terminating() && node.spec().seq("taints").structs().stream()
                .noneMatch(t -> t.text("key").equals("ToBeDeletedByClusterAutoscaler"));
    }

    boolean healthy() {
        Instant since = waiting.get();
        return since == null || Duration.between(since, clock.instant()).compareTo(LATE) < 0;
    }

    /// What is served at the port of health.
    HttpPort.Answer health(String path) {
        boolean node = path.equals("/healthz");
        if (!node && !path.equals("/livez")) {
            return HttpPort.Answer.NOT_FOUND;
        }
        boolean good = healthy() && (eligible || !node);
        Instant now = clock.instant();
        return HttpPort.Answer.json(good, "", "{\"lastUpdated\": \"" + GO.format(good ? now : written)
                + "\",\"currentTime\": \"" + GO.format(now) + "\"" + (node ? ", \"nodeEligible\": " + eligible : "")
                + "}");
    }

    /// What is served at the port of metrics.
    ///
    /// @param metrics all of them, [#text] among them
    HttpPort.Answer metrics(String path, String metrics) {
        return switch (path) {
            case "/metrics" -> new HttpPort.Answer("200 OK", MetricText.CONTENT_TYPE, "", metrics);
            case "/healthz" -> HttpPort.Answer.text("ok");
            case "/proxyMode" -> HttpPort.Answer.text("nftables");
            default -> HttpPort.Answer.NOT_FOUND;
        };
    }

    /// The metrics.
    ///
    /// @param pending how many Services wait to be written
    String text(int pending) {
        String prefix = "kubeproxy_sync_proxy_rules_";
        return new MetricText()
                .family(prefix + "duration_seconds", MetricText.Type.HISTOGRAM, "SyncProxyRules latency in seconds")
                .histogram(syncs)
                .family(prefix + "last_timestamp_seconds", MetricText.Type.GAUGE,
                        "The last time proxy rules were successfully synced")
                .value(seconds(written))
                .family(prefix + "last_queued_timestamp_seconds", MetricText.Type.GAUGE,
                        "The last time a sync of proxy rules was queued")
                .value(seconds(queued))
                .family(prefix + "service_changes_total", MetricText.Type.COUNTER,
                        "Cumulative proxy rules Service changes")
                .value(services.sum())
                .family(prefix + "endpoint_changes_total", MetricText.Type.COUNTER,
                        "Cumulative proxy rules Endpoint changes")
                .value(endpoints.sum())
                .family(prefix + "service_changes_pending", MetricText.Type.GAUGE,
                        "Pending proxy rules Service changes")
                .value(pending)
                .family(prefix + "nftables_sync_failures_total", MetricText.Type.COUNTER,
                        "Cumulative proxy nftables sync failures")
                .value(failures.sum()).toString();
    }

    private static double seconds(Instant at) {
        return at.getEpochSecond() + at.getNano() / NANOS;
    }
}
