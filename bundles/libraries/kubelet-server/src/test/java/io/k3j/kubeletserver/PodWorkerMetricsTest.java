package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletserver.PodWorkerMetrics.Operation;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
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

    @Test
    void countSandboxesAndContainersThatWereToStart() throws IOException {
        PodWorkerMetrics metrics = new PodWorkerMetrics();
        Obj pod = Obj.of(Struct.of("spec", Struct.of("containers", Seq.of(Struct.of("name", "c")), "initContainers",
                Seq.of(Struct.of("name", "i")), "ephemeralContainers", Seq.of(Struct.of("name", "e")))));
        assertThat(metrics.sandbox(() -> "id")).isEqualTo("id");
        assertThatThrownBy(() -> metrics.sandbox(() -> {
            throw new IOException("no room");
        })).hasMessage("no room");
        metrics.container(pod, "c", "");
        metrics.container(pod, "c", "ErrImagePull");
        metrics.container(pod, "i", "CreateContainerError");
        metrics.container(pod, "e", "");
        assertThat(metrics.text(TreeMap::new, new TreeMap<>())).contains("kubelet_started_pods_total 2\n",
                "kubelet_started_pods_errors_total 1\n",
                "kubelet_started_containers_total{container_type=\"container\"} 2\n",
                "kubelet_started_containers_total{container_type=\"ephemeral_container\"} 1\n",
                "kubelet_started_containers_errors_total{code=\"ErrImagePull\",container_type=\"container\"} 1\n",
                "kubelet_started_containers_errors_total{code=\"CreateContainerError\","
                        + "container_type=\"init_container\"} 1\n");
    }
}
