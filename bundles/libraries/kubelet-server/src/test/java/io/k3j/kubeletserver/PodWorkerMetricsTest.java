package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kubeletserver.PodWorkerMetrics.Operation;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PodWorkerMetricsTest {
    @Test
    void haveUpstreamsNamesAndBounds() {
        PodWorkerMetrics metrics = new PodWorkerMetrics();
        metrics.synced(Operation.CREATE, Duration.ofMillis(300).toNanos());
        metrics.synced(Operation.SYNC, Duration.ofSeconds(20).toNanos());
        metrics.started(Duration.ofMillis(1_500).toNanos());
        String text = metrics.text(() -> new TreeMap<>(Map.of("memory.available", 3L)),
                new TreeMap<>(Map.of("OutOfcpu", 2L)));
        assertThat(text).contains("kubelet_admission_rejections_total{reason=\"OutOfcpu\"} 2\n");
        assertThat(text).contains(
                "kubelet_pod_worker_duration_seconds_bucket{operation_type=\"create\",le=\"0.25\"} 0\n",
                "kubelet_pod_worker_duration_seconds_bucket{operation_type=\"create\",le=\"0.5\"} 1\n",
                "kubelet_pod_worker_duration_seconds_bucket{operation_type=\"sync\",le=\"10\"} 0\n",
                "kubelet_pod_worker_duration_seconds_count{operation_type=\"sync\"} 1\n",
                "kubelet_pod_start_duration_seconds_bucket{le=\"1\"} 0\n",
                "kubelet_pod_start_duration_seconds_bucket{le=\"2\"} 1\n",
                "kubelet_pod_start_duration_seconds_sum 1.5\n",
                "kubelet_evictions{eviction_signal=\"memory.available\"} 3\n")
                .doesNotContain("operation_type=\"kill\"");
    }
}
