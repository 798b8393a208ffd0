package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapacityTest {
    private static final long GIB = 1L << 30;

    @Test
    void allowsTheAgentsOfFiveThousandNodesWithEnoughMemory() {
        assertThat(Capacity.of(1_048_576, 4 * GIB)).isGreaterThan(5_000 * 5);
    }

    @Test
    void staysBelowTheLimitsOfDescriptorsAndMemory() {
        assertThat(Capacity.of(65_536, 64 * GIB)).isLessThan(65_536);
        assertThat(Capacity.of(1_048_576, GIB)).isEqualTo(8_192);
        assertThat(Capacity.of(1_024, GIB / 8)).isEqualTo(Limits.LEAST_CONNECTIONS);
    }

    @Test
    void bodiesThatWaitHaveAPartOfTheMemory() {
        assertThat(Capacity.ofBodies(4 * GIB)).isEqualTo(GIB / 4);
        assertThat(Capacity.ofBodies(GIB / 16)).isEqualTo(64L * Limits.STREAM_WINDOW);
    }

    @Test
    void aPortThatFewReadDoesNotTakeWhatTheOthersNeed() {
        assertThat(Capacity.ofPort("server", 8_192)).isEqualTo(8_192);
        assertThat(Capacity.ofPort("supervisor", 8_192)).isEqualTo(8_192);
        assertThat(Capacity.ofPort("kubelet", 8_192)).isEqualTo(8_192);
        assertThat(Capacity.ofPort("kube-scheduler", 8_192)).isEqualTo(Limits.COMPONENT_CONNECTIONS);
    }

    @Test
    void readsTheDescriptorLimitFromProc(@TempDir Path directory) throws IOException {
        Path limits = directory.resolve("limits");
        Files.writeString(limits, """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             95000                95000                processes
                Max open files            20000                1048576              files
                """);
        assertThat(Capacity.descriptors(limits)).isEqualTo(20_000);
        assertThat(Capacity.descriptors(directory.resolve("none"))).isPositive();
        assertThat(Capacity.descriptors(Path.of("/proc/self/limits"))).isGreaterThan(100);
    }

    @Test
    void onlyTheKubeletsPortIsOneClientsAlone() {
        assertThat(Capacity.ofName("server", 1_000)).isEqualTo(250);
        assertThat(Capacity.ofName("kubelet", 1_000)).isEqualTo(1_000);
    }
}
