package io.k3j.kubeletserver;

import io.k3j.metricstext.Histogram;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Obj;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/// How long syncs of pods and the first starts of pods took, how many sandboxes and containers were to start, and how
/// many pods were evicted or not taken, under the names of upstream's kubelet (`kubelet_pod_worker_duration_seconds`,
/// `kubelet_pod_start_duration_seconds`, `kubelet_started_pods_total`, `kubelet_started_containers_total` and their
/// errors, `kubelet_evictions`, `kubelet_admission_rejections_total`). Any thread; nothing blocks.
public final class PodWorkerMetrics {
    /// Upper bounds in seconds, Prometheus' own.
    private static final double[] SYNCS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    private static final double[] STARTS = {0.5, 1, 2, 3, 4, 5, 6, 8, 10, 20, 30, 45, 60, 120, 180, 240, 300, 360, 480,
            600, 900, 1_200, 1_800, 2_700, 3_600};
    private final Map<Operation, Histogram> syncs = new EnumMap<>(Operation.class);
    private final Histogram starts = new Histogram(STARTS);
    private final LongAdder sandboxes = new LongAdder();
    private final LongAdder sandboxErrors = new LongAdder();
    /// By type, of which there are three.
    private final Map<String, LongAdder> containers = new ConcurrentSkipListMap<>();
    /// By type and code, of which there are some.
    private final Map<String, Map<String, LongAdder>> containerErrors = new ConcurrentSkipListMap<>();

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

    /// Makes a sandbox.
    public interface Making {
        /// @return its id
        /// @throws IOException when it cannot be made
        String make() throws IOException;
    }

    /// Makes a sandbox, and counts it before, and after when it was not made.
    ///
    /// @return its id
    /// @throws IOException what the maker throws, as any other exception of it
    public String sandbox(Making making) throws IOException {
        sandboxes.increment();
        boolean made = false;
        try {
            String id = making.make();
            made = true;
            return id;
        } finally {
            if (!made) {
                sandboxErrors.increment();
            }
        }
    }

    /// A container was to start.
    ///
    /// @param failure the reason that its status tells, as `ErrImagePull`; empty when it did start
    public void container(Obj pod, String name, String failure) {
        String type = PodSpecs.initContainers(pod).stream().anyMatch(c -> c.text("name").equals(name))
                ? "init_container"
                : PodSpecs.ephemeralContainers(pod).stream().anyMatch(c -> c.text("name").equals(name))
                        ? "ephemeral_container" : "container";
        containers.computeIfAbsent(type, t -> new LongAdder()).increment();
        if (!failure.isEmpty()) {
            containerErrors.computeIfAbsent(type, t -> new ConcurrentSkipListMap<>())
                    .computeIfAbsent(failure, f -> new LongAdder()).increment();
        }
    }

    private void started(MetricText text) {
        text.family("kubelet_started_pods_total", MetricText.Type.COUNTER, "Cumulative number of pods started")
                .value(sandboxes.sum());
        text.family("kubelet_started_pods_errors_total", MetricText.Type.COUNTER,
                "Cumulative number of errors when starting pods").value(sandboxErrors.sum());
        text.family("kubelet_started_containers_total", MetricText.Type.COUNTER,
                "Cumulative number of containers started");
        containers.forEach((type, count) -> text.value(count.sum(), "container_type", type));
        text.family("kubelet_started_containers_errors_total", MetricText.Type.COUNTER,
                "Cumulative number of errors when starting containers");
        containerErrors.forEach((type, codes) -> codes
                .forEach((code, count) -> text.value(count.sum(), "code", code, "container_type", type)));
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
        started(text);
        text.family("kubelet_evictions", MetricText.Type.COUNTER,
                "Cumulative number of pod evictions by eviction signal");
        evictions.get().forEach((signal, count) -> text.value(count, "eviction_signal", signal));
        text.family("kubelet_admission_rejections_total", MetricText.Type.COUNTER,
                "Cumulative number pod admission rejections by the Kubelet.");
        rejections.forEach((reason, count) -> text.value(count, "reason", reason));
        return text.toString();
    }
}
