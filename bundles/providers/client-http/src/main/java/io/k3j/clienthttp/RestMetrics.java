package io.k3j.clienthttp;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts requests to API servers and how long they took until the head of the answer, under the names of upstream's
/// client-go (`rest_client_requests_total`, `rest_client_request_duration_seconds`). Any thread; nothing blocks.
final class RestMetrics {
    /// How many different label sets are counted, of codes and servers; more are added to none.
    static final int MAX_SERIES = 300;
    /// What upstream calls the code of a request that got no answer.
    private static final String ERROR = "<error>";
    /// Upper bounds in seconds.
    private static final double[] BUCKETS = {0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60};
    private final Map<Answered, LongAdder> requests = new ConcurrentHashMap<>();
    private final Map<Called, Histogram> times = new ConcurrentHashMap<>();

    private record Answered(String code, String host, String method) {
    }

    private record Called(String host, String verb) {
    }

    /// A request was answered.
    ///
    /// @param host with its port
    /// @param nanos until the head of the answer
    void answered(String host, String method, int code, long nanos) {
        counted(new Answered(Integer.toString(code), host, method), nanos);
    }

    /// A request was not answered.
    void failed(String host, String method, long nanos) {
        counted(new Answered(ERROR, host, method), nanos);
    }

    private void counted(Answered how, long nanos) {
        if (requests.size() < MAX_SERIES || requests.containsKey(how)) {
            requests.computeIfAbsent(how, h -> new LongAdder()).increment();
            times.computeIfAbsent(new Called(how.host, how.method), c -> new Histogram(BUCKETS)).add(nanos);
        }
    }

    /// Prometheus text of everything counted, in a stable order.
    String text() {
        MetricText text = new MetricText();
        text.family("rest_client_requests_total", MetricText.Type.COUNTER,
                "Number of HTTP requests, partitioned by status code, method, and host.");
        requests.entrySet().stream().sorted(Comparator.comparing(e -> e.getKey().toString()))
                .forEach(e -> text.value(e.getValue().sum(), "code", e.getKey().code, "host", e.getKey().host,
                        "method", e.getKey().method));
        text.family("rest_client_request_duration_seconds", MetricText.Type.HISTOGRAM,
                "Request latency in seconds. Broken down by verb, and host.");
        times.entrySet().stream().sorted(Comparator.comparing(e -> e.getKey().toString()))
                .forEach(e -> text.histogram(e.getValue(), "host", e.getKey().host, "verb", e.getKey().verb));
        return text.toString();
    }
}
