package io.k3j.csi;

import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.streaming.GrpcStatus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// How long calls of drivers took, under upstream's name. Any thread; nothing blocks.
final class CsiMetrics implements Metrics {
    private static final double[] BOUNDS = {.1, .25, .5, 1, 2.5, 5, 10, 15, 25, 50, 120, 300, 600};
    /// Of driver, method and outcome; what is beyond is not counted.
    private static final int MOST_SERIES = 1_000;
    private final Map<List<String>, Histogram> calls = new ConcurrentHashMap<>();

    /// A call has ended.
    ///
    /// @param code of gRPC
    void called(String driver, String method, int code, long nanos) {
        List<String> series = List.of(driver, method, GrpcStatus.name(code));
        if (calls.containsKey(series) || calls.size() < MOST_SERIES) {
            calls.computeIfAbsent(series, _ -> new Histogram(BOUNDS)).add(nanos);
        }
    }

    @Override
    public String text() {
        if (calls.isEmpty()) {
            return "";
        }
        MetricText text = new MetricText().family("csi_operations_seconds", MetricText.Type.HISTOGRAM,
                "Container Storage Interface operation duration with gRPC error code status total");
        calls.forEach((series, counted) -> text.histogram(counted, "driver_name", series.get(0), "grpc_status_code",
                series.get(2), "method_name", series.get(1), "migrated", "false"));
        return text.toString();
    }
}
