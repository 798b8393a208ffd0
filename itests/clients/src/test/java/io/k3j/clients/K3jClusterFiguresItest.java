package io.k3j.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.junit.ClusterSpec;
import io.k3j.junit.RunningCluster;
import io.k3j.testkitbase.Figure;
import io.k3j.testkitbase.Teardown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// How soon a cluster of a test is ready, and what ten of them hold, for the table of figures.
@Tag("full")
@Tag("figures")
class K3jClusterFiguresItest {
    private static final int ISSUE = 14;
    private static final int STARTS = 7;
    private static final int TEN = 10;
    private static final double READY_SECONDS = 1.5;
    private static final double MEMORY_MEBIBYTES = 1_024;
    private static final double KIBIBYTES = 1_024;
    private static final double NANOS = 1e9;

    @Test
    void oneIsReadySoon() throws IOException {
        List<Double> seconds = new ArrayList<>();
        // the first one warms what the kernel keeps of files
        for (int i = -1; i < STARTS; i++) {
            long began = System.nanoTime();
            try (RunningCluster cluster = RunningCluster.start(ClusterSpec.small())) {
                double took = (System.nanoTime() - began) / NANOS;
                assertThat(cluster.running()).isTrue();
                if (i >= 0) {
                    seconds.add(took);
                }
            }
        }
        seconds.sort(Double::compare);
        new Figure(ISSUE, "`@K3jCluster` without a node, ready, median of " + STARTS, seconds.get(STARTS / 2), "s")
                .atMost(READY_SECONDS);
    }

    @Test
    void tenFitIntoOneJvmsTests() throws IOException {
        List<RunningCluster> ten = new ArrayList<>();
        try {
            for (int i = 0; i < TEN; i++) {
                ten.add(RunningCluster.start(ClusterSpec.small()));
            }
            assertThat(ten).allMatch(RunningCluster::running);
            double kibibytes = 0;
            for (ProcessHandle process : ProcessHandle.current().descendants().toList()) {
                kibibytes += proportional(process.pid());
            }
            new Figure(ISSUE, TEN + " of them at once, memory of the servers (PSS)", kibibytes / KIBIBYTES, "MiB")
                    .atMost(MEMORY_MEBIBYTES);
        } finally {
            Teardown.of("clusters", ten.stream().map(K3jClusterFiguresItest::end).toArray(Teardown.Step[]::new));
        }
    }

    private static Teardown.Step end(RunningCluster cluster) {
        return cluster::close;
    }

    /// What a process holds, of what several hold its part; 0 for one that has just ended.
    private static double proportional(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps_rollup")).stream()
                    .filter(line -> line.startsWith("Pss:")).map(line -> line.split("\\s+")[1])
                    .mapToDouble(Double::parseDouble).sum();
        } catch (IOException gone) {
            return 0;
        }
    }
}
