package io.k3j.metricstext;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricFamiliesTest {
    private static String adds(String name, int adds) {
        return new MetricText().family("adds_total", MetricText.Type.COUNTER, "Adds.").value(adds, "name", name)
                .family(name + "_open", MetricText.Type.GAUGE, "Open.").value(1).toString();
    }

    @Test
    void whatSeveralComponentsCountIsOneFamily() {
        assertThat(MetricFamilies.merged(List.of(adds("a", 1), "", adds("b", 2)))).isEqualTo("""
                # HELP adds_total Adds.
                # TYPE adds_total counter
                adds_total{name="a"} 1
                adds_total{name="b"} 2
                # HELP a_open Open.
                # TYPE a_open gauge
                a_open 1
                # HELP b_open Open.
                # TYPE b_open gauge
                b_open 1
                """);
    }

    @Test
    void oneTextStaysAsItIs() {
        assertThat(MetricFamilies.merged(List.of(adds("a", 1)))).isEqualTo(adds("a", 1));
        assertThat(MetricFamilies.merged(List.of())).isEmpty();
    }
}
