package io.k3j.metricsserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Key;
import org.junit.jupiter.api.Test;

class ResourceTextTest {
    private static final String NODE = """
            # HELP node_cpu_usage_seconds_total [STABLE] Cumulative cpu time consumed by the node in core-seconds
            # TYPE node_cpu_usage_seconds_total counter
            node_cpu_usage_seconds_total 357.354912234 1600000005000
            node_memory_working_set_bytes 1.616273408e+09 1600000005000
            """;

    private static String pod(String name, double cpu, long memory) {
        String labels = "{container=\"a\",namespace=\"n\",pod=\"" + name + "\"} ";
        return "container_cpu_usage_seconds_total" + labels + cpu + " 1600000004000\n"
                + "container_memory_working_set_bytes" + labels + memory + " 1600000004000\n"
                + "container_start_time_seconds" + labels + "1.6e+09\n";
    }

    @Test
    void readsWhatStockKubeletsWrite() {
        NodeSample sample = ResourceText.parse(NODE + pod("p", 4.710169, 3_489_792)
                + "pod_cpu_usage_seconds_total{namespace=\"n\",pod=\"p\"} 4.7\nscrape_error 0\n", 0);
        assertThat(sample.node()).isEqualTo(new Point(0, 1_600_000_005_000L, 357_354_912_234L, 1_616_273_408));
        assertThat(sample.pods().get(new Key("n", "p"))).containsOnlyKeys("a").containsValue(
                new Point(1_600_000_000_000L, 1_600_000_004_000L, 4_710_169_000L, 3_489_792));
    }

    @Test
    void takesItsOwnTimeForFiguresWithoutOne() {
        NodeSample sample = ResourceText.parse("node_cpu_usage_seconds_total 1\nnode_memory_working_set_bytes 2\n", 7);
        assertThat(sample.node()).isEqualTo(new Point(0, 7, 1_000_000_000, 2));
    }

    @Test
    void leavesOutPodsOfWhichAFigureIsMissing() {
        assertThat(ResourceText.parse(NODE + pod("p", 0, 5) + pod("q", 1, 5), 0).pods())
                .containsOnlyKeys(new Key("n", "q"));
    }

    @Test
    void understandsEscapedLabels() {
        MetricLine line = MetricLine.parse("m{a=\"x\\\"},\\\\\\n\",b=\"\"} 1");
        assertThat(line.label("a")).isEqualTo("x\"},\\\n");
        assertThat(line.labels()).containsOnlyKeys("a", "b");
    }

    @Test
    void refusesATextThatIsDamaged() {
        for (String damaged : new String[] {"m", "m{", "m{a=\"", "m{a=\"b\"", "m x", "m 1 2 3", "m 1 x", "{} 1"}) {
            assertThatThrownBy(() -> ResourceText.parse(damaged, 0)).as(damaged)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void refusesANodeThatClaimsTooManyContainers() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= ResourceText.MOST_CONTAINERS; i++) {
            text.append(pod("p" + i, 1, 1));
        }
        assertThatThrownBy(() -> ResourceText.parse(text.toString(), 0)).hasMessageContaining("more than");
    }
}
