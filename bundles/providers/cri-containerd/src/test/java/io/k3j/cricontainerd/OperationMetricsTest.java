package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperationMetricsTest {
    private final OperationMetrics metrics = new OperationMetrics();

    @ParameterizedTest
    @CsvSource({"RunPodSandbox, run_podsandbox", "ListPodSandboxStats, list_podsandbox_stats",
            "PodSandboxStatus, podsandbox_status", "CreateContainer, create_container", "ExecSync, exec_sync",
            "UpdateContainerResources, update_container", "ImageFsInfo, image_fs_info", "Version, version"})
    void areNamedAsUpstreamNamesThem(String method, String type) {
        metrics.ended(method, false, 1);
        assertThat(metrics.text())
                .contains("kubelet_runtime_operations_total{operation_type=\"" + type + "\"} 1\n");
    }

    @Test
    void countHowLongTheyTookAndWhatFailed() {
        metrics.ended("PullImage", false, TimeUnit.MILLISECONDS.toNanos(12));
        metrics.ended("PullImage", true, TimeUnit.SECONDS.toNanos(2));
        metrics.ended("StartContainer", false, 1);
        assertThat(metrics.text()).contains("kubelet_runtime_operations_total{operation_type=\"pull_image\"} 2\n",
                "kubelet_runtime_operations_duration_seconds_bucket{operation_type=\"pull_image\",le=\"0.005\"} 0\n",
                "kubelet_runtime_operations_duration_seconds_bucket{operation_type=\"pull_image\",le=\"0.0125\"} 1\n",
                "kubelet_runtime_operations_duration_seconds_bucket{operation_type=\"pull_image\","
                        + "le=\"745.0580596923828\"} 2\n",
                "kubelet_runtime_operations_errors_total{operation_type=\"pull_image\"} 1\n")
                .doesNotContain("errors_total{operation_type=\"start_container\"}");
    }
}
