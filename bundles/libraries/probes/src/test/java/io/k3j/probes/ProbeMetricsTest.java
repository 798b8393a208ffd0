package io.k3j.probes;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.probes.ProbeMetrics.Found;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProbeMetricsTest {
    private static final String LABELS = "{container=\"c\",namespace=\"ns\",pod=\"p\",pod_uid=\"u\",probe_type=";
    private final ProbeMetrics metrics = new ProbeMetrics();
    private final ProbeMetrics.OfPod pod = metrics.begin(Obj.of(Struct.of("metadata",
            Struct.of("name", "p", "namespace", "ns", "uid", "u"))));

    @Test
    void countsResultsAndHowLongSuccessesTook() {
        pod.add("c", "Liveness", Found.SUCCESSFUL, Duration.ofMillis(20).toNanos());
        pod.add("c", "Liveness", Found.SUCCESSFUL, Duration.ofMillis(200).toNanos());
        pod.add("c", "Readiness", Found.FAILED, Duration.ofSeconds(1).toNanos());
        assertThat(metrics.text().lines()).contains("# TYPE prober_probe_total counter",
                "prober_probe_total" + LABELS + "\"Liveness\",result=\"successful\"} 2",
                "prober_probe_total" + LABELS + "\"Readiness\",result=\"failed\"} 1",
                "# TYPE prober_probe_duration_seconds histogram",
                "prober_probe_duration_seconds_bucket{container=\"c\",namespace=\"ns\",pod=\"p\","
                        + "probe_type=\"Liveness\",le=\"0.025\"} 1",
                "prober_probe_duration_seconds_count{container=\"c\",namespace=\"ns\",pod=\"p\","
                        + "probe_type=\"Liveness\"} 2");
        assertThat(metrics.text()).doesNotContain("probe_type=\"Readiness\",le");
    }

    @Test
    void aPodThatIsProbedNoMoreIsForgotten() {
        pod.add("c", "Startup", Found.FAILED, 1);
        metrics.end(pod);
        pod.add("c", "Startup", Found.FAILED, 1);
        assertThat(metrics.text()).doesNotContain("Startup");
    }
}
