package io.k3j.ingress;

import io.k3j.ingressrouting.EntryPoint;
import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/// What the ingress counts, by Traefik's names where it has one
/// (<https://doc.traefik.io/traefik/observability/metrics/overview/>). Any thread.
final class IngressMetrics implements Metrics {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH");
    private static final int NANOS_BOUNDS = 14;
    /// The text of each status, made once.
    private static final String[] CODES = IntStream.range(0, 1000).mapToObj(IngressMetrics::code)
            .toArray(String[]::new);
    private final Map<Request, LongAdder> requests = new ConcurrentHashMap<>();
    private final Map<EntryPoint, LongAdder> open = new ConcurrentHashMap<>();
    private final Map<EntryPoint, LongAdder> refused = new ConcurrentHashMap<>();
    private final Map<EntryPoint, LongAdder> turnedAway = new ConcurrentHashMap<>();
    private final Map<EntryPoint, Histogram> durations = new ConcurrentHashMap<>();
    private volatile long ingresses;
    private volatile long troubled;

    private record Request(EntryPoint entryPoint, String code, String method, String protocol) {
    }

    IngressMetrics() {
        for (EntryPoint e : EntryPoint.values()) {
            open.put(e, new LongAdder());
            refused.put(e, new LongAdder());
            turnedAway.put(e, new LongAdder());
            durations.put(e, new Histogram(Histogram.doubling(0.001, NANOS_BOUNDS)));
        }
    }

    void opened(EntryPoint entryPoint) {
        open.getOrDefault(entryPoint, new LongAdder()).increment();
    }

    void closed(EntryPoint entryPoint) {
        open.getOrDefault(entryPoint, new LongAdder()).decrement();
    }

    /// A request made no sense.
    void refused(EntryPoint entryPoint) {
        refused.getOrDefault(entryPoint, new LongAdder()).increment();
    }

    /// A connection was not accepted.
    void turnedAway(EntryPoint entryPoint) {
        turnedAway.getOrDefault(entryPoint, new LongAdder()).increment();
    }

    /// How many Ingresses are served, and of how many something is not.
    void serving(long all, long withProblems) {
        ingresses = all;
        troubled = withProblems;
    }

    /// A request was answered, or broken off (499).
    void answered(RequestFacts facts, int status) {
        String code = status >= 0 && status < CODES.length ? CODES[status] : code(status);
        String protocol = facts.http2() ? "http2" : facts.upgrade().equalsIgnoreCase("websocket") ? "websocket"
                : "http";
        Request labels = new Request(facts.entryPoint(), code,
                METHODS.contains(facts.method()) ? facts.method() : "EXTENSION_METHOD", protocol);
        LongAdder counter = requests.get(labels);
        if (counter == null) {
            counter = requests.computeIfAbsent(labels, r -> new LongAdder());
        }
        counter.increment();
        Histogram taken = durations.get(facts.entryPoint());
        if (taken != null) {
            taken.add(System.nanoTime() - facts.begun());
        }
    }

    /// The text of a status: labels that a client or an endpoint chooses have a bound.
    private static String code(int status) {
        HttpResponseStatus known = HttpResponseStatus.valueOf(status);
        return known.codeAsText().length() == 3
                && (status == 499 || !known.reasonPhrase().startsWith("Unknown Status"))
                        ? Integer.toString(status) : status / 100 + "xx";
    }

    @Override
    public String text() {
        MetricText text = new MetricText().family("traefik_entrypoint_requests_total", MetricText.Type.COUNTER,
                "Requests by entry point, status, method and protocol");
        requests.forEach((r, n) -> text.value(n.sum(), "code", r.code(), "entrypoint", r.entryPoint().label(), "method",
                r.method(), "protocol", r.protocol()));
        text.family("traefik_entrypoint_request_duration_seconds", MetricText.Type.HISTOGRAM,
                "How long requests took, to the end of the answer");
        durations.forEach((e, h) -> text.histogram(h, "entrypoint", e.label()));
        text.family("traefik_open_connections", MetricText.Type.GAUGE, "Open connections of clients");
        open.forEach((e, n) -> text.value(n.sum(), "entrypoint", e.label(), "protocol", "TCP"));
        text.family("k3j_ingress_malformed_requests_total", MetricText.Type.COUNTER, "Requests that made no sense");
        refused.forEach((e, n) -> text.value(n.sum(), "entrypoint", e.label()));
        text.family("k3j_ingress_connections_refused_total", MetricText.Type.COUNTER,
                "Connections beyond the number of all, or of one address");
        turnedAway.forEach((e, n) -> text.value(n.sum(), "entrypoint", e.label()));
        return text.family("k3j_ingress_ingresses", MetricText.Type.GAUGE, "Ingresses that are served")
                .value(ingresses).family("k3j_ingress_ingresses_with_problems", MetricText.Type.GAUGE,
                        "Ingresses of which something is not served")
                .value(troubled).toString();
    }
}
