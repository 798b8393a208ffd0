package io.k3j.componentapi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricTextTest {
    @Test
    void isPrometheusTextForm() {
        String text = new MetricText().family("k3j_reads_total", MetricText.Type.COUNTER, "Reads,\nall.").value(3)
                .family("k3j_open", MetricText.Type.GAUGE, "Open ones.").value(1, "name", "a \"b\"\\c\nd", "kind", "x")
                .family("k3j_seconds", MetricText.Type.HISTOGRAM, "How long.")
                .histogram(new double[] {0.5, 1}, new long[] {2, 0, 1}, 7.25, "status", "success").toString();
        assertThat(text).isEqualTo("""
                # HELP k3j_reads_total Reads,\\nall.
                # TYPE k3j_reads_total counter
                k3j_reads_total 3
                # HELP k3j_open Open ones.
                # TYPE k3j_open gauge
                k3j_open{name="a \\"b\\"\\\\c\\nd",kind="x"} 1
                # HELP k3j_seconds How long.
                # TYPE k3j_seconds histogram
                k3j_seconds_bucket{status="success",le="0.5"} 2
                k3j_seconds_bucket{status="success",le="1.0"} 2
                k3j_seconds_bucket{status="success",le="+Inf"} 3
                k3j_seconds_sum{status="success"} 7.25
                k3j_seconds_count{status="success"} 3
                """);
    }
}
