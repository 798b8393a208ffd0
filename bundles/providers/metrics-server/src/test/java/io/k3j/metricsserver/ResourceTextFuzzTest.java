package io.k3j.metricsserver;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// The figures of a node are read or refused.
public class ResourceTextFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> ResourceText.parse(Fuzzing.text(input), 7), IllegalArgumentException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(ResourceTextFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                "# TYPE node_cpu_usage_seconds_total counter\nnode_cpu_usage_seconds_total 4.5 1700000000000\n"
                        + "node_memory_working_set_bytes 1e9\n",
                "container_cpu_usage_seconds_total{container=\"c\",namespace=\"n\",pod=\"p\\\"\\n\"} 1.5\n"
                        + "container_memory_working_set_bytes{container=\"c\",namespace=\"n\",pod=\"p\"} NaN 5\n"
                        + "container_start_time_seconds{container=\"c\",namespace=\"n\",pod=\"p\",} 1.7e+09\n"));
    }
}
