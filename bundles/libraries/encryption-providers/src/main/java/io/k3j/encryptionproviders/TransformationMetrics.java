package io.k3j.encryptionproviders;

import io.k3j.encryption.Transformations;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Rows that were sealed and opened, under upstream's names
/// (<https://kubernetes.io/docs/reference/instrumentation/metrics/>). Labels come of the file and of kinds, never of
/// rows. Any thread; nothing blocks.
final class TransformationMetrics {
    private static final String PREFIX = "apiserver_storage_transformation_";
    private static final double[] BOUNDS = Histogram.doubling(5e-6, 25);
    private static final String OK = "OK";
    private final Map<Operation, LongAdder> operations = new ConcurrentHashMap<>();
    private final Map<Way, Histogram> durations = new ConcurrentHashMap<>();

    private record Way(boolean written, String prefix) {
        String type() {
            return written ? "to_storage" : "from_storage";
        }
    }

    private record Operation(String resource, Way way, String status) {
    }

    /// Counts for a resource.
    ///
    /// @param resource as the file names one: `secrets`, `deployments.apps`
    Transformations of(String resource) {
        return (written, prefix, nanos, status) -> {
            Way way = new Way(written, prefix);
            operations.computeIfAbsent(new Operation(resource, way, status), _ -> new LongAdder()).increment();
            if (status.equals(OK)) {
                durations.computeIfAbsent(way, _ -> new Histogram(BOUNDS)).add(nanos);
            }
        };
    }

    /// Both families.
    void text(MetricText text) {
        text.family(PREFIX + "duration_seconds", Type.HISTOGRAM,
                "Latencies in seconds of value transformation operations.");
        durations.forEach((way, took) -> text.histogram(took, "transformation_type", way.type(), "transformer_prefix",
                way.prefix));
        text.family(PREFIX + "operations_total", Type.COUNTER, "Total number of transformations. Successful"
                + " transformation will have a status 'OK' and a varied status string when the transformation fails.");
        operations.forEach((done, times) -> text.value(times.sum(), "resource", done.resource, "transformation_type",
                done.way.type(), "transformer_prefix", done.way.prefix, "status", done.status));
    }
}
