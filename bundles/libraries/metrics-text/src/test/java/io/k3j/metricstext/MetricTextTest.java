package io.k3j.metricstext;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricTextTest {
    @Test
    void isPrometheusTextForm() {
        Histogram seconds = new Histogram(0.5, 1);
        List.of(250_000_000L, 500_000_000L, 6_500_000_000L).forEach(seconds::add);
        String text = new MetricText().family("k3j_reads_total", MetricText.Type.COUNTER, "Reads,\nall.").value(3)
                .family("k3j_open", MetricText.Type.GAUGE, "Open ones.").value(1, "name", "a \"b\"\\c\nd", "kind", "x")
                .family("k3j_seconds", MetricText.Type.HISTOGRAM, "How long.")
                .histogram(seconds, "status", "success").toString();
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
                k3j_seconds_bucket{status="success",le="1"} 2
                k3j_seconds_bucket{status="success",le="+Inf"} 3
                k3j_seconds_sum{status="success"} 7.25
                k3j_seconds_count{status="success"} 3
                """);
    }

    @Test
    void boundsAreWrittenAsGoWritesThem() {
        String text = new MetricText().family("a", MetricText.Type.HISTOGRAM, "A.")
                .histogram(new Histogram(1e-8, 2.5e-5, 0.0005, 0.025, 1.25, 10, 1000)).toString();
        assertThat(text.lines().filter(l -> l.contains("_bucket")).map(l -> l.substring(l.indexOf('=') + 2,
                l.lastIndexOf('"')))).containsExactly("1e-08", "2.5e-05", "0.0005", "0.025", "1.25", "10", "1000",
                        "+Inf");
    }

    @Test
    void boundsDouble() {
        assertThat(Histogram.doubling(0.008, 3)).containsExactly(0.008, 0.016, 0.032);
        assertThat(new Histogram(Histogram.doubling(0.008, 3)).count()).isZero();
    }

    @Test
    void writesWhenAValueWasMeasured() {
        assertThat(new MetricText().family("a", MetricText.Type.GAUGE, "A.")
                .value(1, Instant.ofEpochMilli(1_600_000_000_123L), "b", "c").toString())
                .endsWith("a{b=\"c\"} 1 1600000000123\n");
    }
}
