package io.k3j.cricontainerd;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts calls of the runtime by what they do, how long they took and how many failed, under the names of upstream's
/// kubelet (`kubelet_runtime_operations_total`, `kubelet_runtime_operations_duration_seconds`,
/// `kubelet_runtime_operations_errors_total`). As many series as there are methods that this bundle calls. Any thread;
/// nothing blocks.
final class OperationMetrics {
    private static final String TYPE = "operation_type";
    private static final double[] BUCKETS = Histogram.exponential(0.005, 2.5, 14);
    /// Methods that upstream calls otherwise than by their own words.
    private static final Map<String, String> NAMES = Map.of("UpdateContainerResources", "update_container");
    /// By method.
    private final Map<String, Operation> operations = new ConcurrentHashMap<>();

    private static final class Operation {
        private final String type;
        private final Histogram times = new Histogram(BUCKETS);
        private final LongAdder errors = new LongAdder();

        Operation(String method) {
            type = NAMES.getOrDefault(method, words(method));
        }
    }

    /// A call has ended.
    ///
    /// @param method as CRI names it
    void ended(String method, boolean failed, long nanos) {
        Operation known = operations.get(method);
        Operation operation = known != null ? known : operations.computeIfAbsent(method, Operation::new);
        operation.times.add(nanos);
        if (failed) {
            operation.errors.increment();
        }
    }

    /// `RunPodSandbox` as `run_podsandbox`: a pod's sandbox is one word.
    private static String words(String method) {
        StringBuilder words = new StringBuilder();
        String read = method.replace("PodSandbox", "Podsandbox");
        for (int i = 0; i < read.length(); i++) {
            char c = read.charAt(i);
            if (i > 0 && Character.isUpperCase(c)) {
                words.append('_');
            }
            words.append(Character.toLowerCase(c));
        }
        return words.toString();
    }

    /// Prometheus text of everything counted, in a stable order.
    String text() {
        Map<String, Operation> sorted = new TreeMap<>();
        operations.values().forEach(o -> sorted.put(o.type, o));
        MetricText text = new MetricText();
        text.family("kubelet_runtime_operations_total", MetricText.Type.COUNTER,
                "Cumulative number of runtime operations by operation type.");
        sorted.forEach((type, o) -> text.value(o.times.count(), TYPE, type));
        text.family("kubelet_runtime_operations_duration_seconds", MetricText.Type.HISTOGRAM,
                "Duration in seconds of runtime operations. Broken down by operation type.");
        sorted.forEach((type, o) -> text.histogram(o.times, TYPE, type));
        text.family("kubelet_runtime_operations_errors_total", MetricText.Type.COUNTER,
                "Cumulative number of runtime operation errors by operation type.");
        sorted.forEach((type, o) -> {
            if (o.errors.sum() > 0) {
                text.value(o.errors.sum(), TYPE, type);
            }
        });
        return text.toString();
    }
}
