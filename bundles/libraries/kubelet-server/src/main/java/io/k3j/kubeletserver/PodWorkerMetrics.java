package io.k3j.kubeletserver;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Supplier;

/// How long syncs of pods and the first starts of pods took, and how many pods were evicted or not taken, under the
/// names of upstream's kubelet (`kubelet_pod_worker_duration_seconds`, `kubelet_pod_start_duration_seconds`,
/// `kubelet_evictions`, `kubelet_admission_rejections_total`). Any thread; nothing blocks.
public final class PodWorkerMetrics {
    /// Upper bounds in seconds, Prometheus' own.
    private static final double[] SYNCS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    private static final double[] STARTS = {0.5, 1, 2, 3, 4, 5, 6, 8, 10, 20, 30, 45, 60, 120, 180, 240, 300, 360, 480,
            600, 900, 1_200, 1_800, 2_700, 3_600};
    private final Map<Operation, Histogram> syncs = new EnumMap<>(Operation.class);
    private final Histogram starts = new Histogram(STARTS);

    /// Why a pod is synchronized.
    public enum Operation {
        /// It is new here.
        CREATE,
        /// Its object has changed, or something happened to it.
        UPDATE,
        /// Its time has come again.
        SYNC,
        /// It has no object any more.
        KILL;

        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Has counted nothing.
    public PodWorkerMetrics() {
        for (Operation operation : Operation.values()) {
            syncs.put(operation, new Histogram(SYNCS));
        }
    }

    /// A sync has ended.
    ///
    /// @param nanos since it was asked for
    public void synced(Operation operation, long nanos) {
        Histogram times = syncs.get(operation);
        if (times != null) {
            times.add(nanos);
        }
    }

    /// A pod runs for the first time.
    ///
    /// @param nanos since it was first seen here
    public void started(long nanos) {
        starts.add(nanos);
    }

    /// Prometheus text of everything counted.
    ///
    /// @param evictions pods that were evicted, by signal
    /// @param rejections pods that were not taken, by reason
    public String text(Supplier<SortedMap<String, Long>> evictions, SortedMap<String, Long> rejections) {
        MetricText text = new MetricText();
        text.family("kubelet_pod_worker_duration_seconds", MetricText.Type.HISTOGRAM,
                "Duration in seconds to sync a single pod. Broken down by operation type: create, update, or sync");
        syncs.forEach((operation, times) -> {
            if (times.count() > 0) {
                text.histogram(times, "operation_type", operation.label());
            }
        });
        text.family("kubelet_pod_start_duration_seconds", MetricText.Type.HISTOGRAM,
                "Duration in seconds from kubelet seeing a pod for the first time to the pod starting to run")
                .histogram(starts);
        text.family("kubelet_evictions", MetricText.Type.COUNTER,
                "Cumulative number of pod evictions by eviction signal");
        evictions.get().forEach((signal, count) -> text.value(count, "eviction_signal", signal));
        text.family("kubelet_admission_rejections_total", MetricText.Type.COUNTER,
                "Cumulative number pod admission rejections by the Kubelet.");
        rejections.forEach((reason, count) -> text.value(count, "reason", reason));
        return text.toString();
    }
}
