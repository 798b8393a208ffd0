package io.k3j.kubeproxy;

import io.k3j.componentbase.HttpPort;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Obj;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What this proxy counts of itself and says of its health, by upstream's names and paths. Any thread.
///
/// Healthy is a proxy that has written the last change, or heard of it less than a minute ago, beside the time that
/// writes have to be apart; `/healthz` also says 503 on a node that is going to be deleted, so that load balancers
/// leave it.
final class ProxyStatus {
    private static final Duration LATE = Duration.ofSeconds(60);
    private static final DateTimeFormatter GO = DateTimeFormatter
            .ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSSSS Z 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private final InstantSource clock;
    private final Duration late;
    private final ProxyMetrics metrics = new ProxyMetrics();
    /// Since when a change waits.
    private final AtomicReference<@Nullable Instant> waiting = new AtomicReference<>();
    private volatile Instant written;
    private volatile Instant queued;
    private volatile boolean eligible = true;

    /// @param apart how long two writes are apart at least
    ProxyStatus(InstantSource clock, Duration apart) {
        this.clock = clock;
        this.late = LATE.plus(apart);
        written = clock.instant();
        queued = written;
    }

    /// A Service, or an endpoint of one, has changed.
    void heard(boolean service) {
        metrics.heard(service);
        queued = clock.instant();
        waiting.compareAndSet(null, queued);
    }

    /// Everything heard of until `begun` stands.
    void wrote(Instant begun, long nanos) {
        metrics.synced(nanos);
        written = clock.instant();
        Instant since = waiting.get();
        if (since != null && !since.isAfter(begun)) {
            waiting.compareAndSet(since, null);
        }
    }

    /// Endpoints stand in the kernel that had changed at this time.
    void programmed(Instant changed) {
        metrics.programmed(Duration.between(changed, clock.instant()));
    }

    /// The kernel has refused something.
    void failed() {
        metrics.failed();
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
        return since == null || Duration.between(since, clock.instant()).compareTo(late) < 0;
    }

    /// What is served at the port of health.
    HttpPort.Answer health(String path) {
        boolean node = path.equals("/healthz");
        if (!node && !path.equals("/livez")) {
            return HttpPort.Answer.NOT_FOUND;
        }
        boolean good = healthy() && (eligible || !node);
        Instant now = clock.instant();
        HttpPort.Answer answer = HttpPort.Answer.json(good, "", "{\"lastUpdated\": \"" + GO.format(good ? now : written)
                + "\",\"currentTime\": \"" + GO.format(now) + "\"" + (node ? ", \"nodeEligible\": " + eligible : "")
                + "}");
        metrics.answered(path, answer.status());
        return answer;
    }

    /// What is served at the port of metrics.
    ///
    /// @param text all of them, [#text] among them
    HttpPort.Answer metrics(String path, String text) {
        return switch (path) {
            case "/metrics" -> new HttpPort.Answer("200 OK", MetricText.CONTENT_TYPE, "", text);
            case "/healthz" -> HttpPort.Answer.text("ok");
            case "/proxyMode" -> HttpPort.Answer.text("nftables");
            default -> HttpPort.Answer.NOT_FOUND;
        };
    }

    /// The metrics.
    ///
    /// @param services how many Services wait to be written
    /// @param endpoints how many wait for changes of their endpoints
    /// @param noEndpoints as [ProxyMetrics.Pending]
    String text(int services, int endpoints, Map<Family, Map<String, Long>> noEndpoints) {
        return metrics.text(new ProxyMetrics.Pending(services, endpoints, noEndpoints, written, queued));
    }
}
