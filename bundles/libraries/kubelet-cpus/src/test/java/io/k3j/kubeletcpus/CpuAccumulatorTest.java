package io.k3j.kubeletcpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Choices on a machine of two sockets with two cores of two threads each: the threads of core 0 are 0 and 4, cores 0
/// and 1 are in socket 0.
class CpuAccumulatorTest {
    @TempDir
    private Path sys;

    private CpuTopology machine() throws IOException {
        Path system = sys.resolve("devices/system");
        Files.createDirectories(system.resolve("cpu"));
        Files.writeString(system.resolve("cpu/online"), "0-7\n");
        for (int id = 0; id < 8; id++) {
            Path topology = Files.createDirectories(system.resolve("cpu/cpu" + id + "/topology"));
            int core = id % 4;
            // core ids are told anew in each socket
            Files.writeString(topology.resolve("core_id"), core % 2 + "\n");
            Files.writeString(topology.resolve("physical_package_id"), core / 2 + "\n");
        }
        for (int node = 0; node < 2; node++) {
            Path directory = Files.createDirectories(system.resolve("node/node" + node));
            Files.writeString(directory.resolve("cpulist"), node == 0 ? "0-1,4-5\n" : "2-3,6-7\n");
        }
        return CpuTopology.read(sys);
    }

    @Test
    void theMachineIsReadAsItIs() throws IOException {
        CpuTopology machine = machine();
        assertThat(machine.sockets()).isEqualTo(2);
        assertThat(machine.cpus()).contains(new CpuTopology.Cpu(5, 1, 0, 0), new CpuTopology.Cpu(7, 3, 1, 1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0-7|1|0", "0-7|2|0,4", "0-7|3|0-1,4", "0-7|4|0-1,4-5", "0-7|6|0-2,4-6",
            "1-7|4|2-3,6-7", "1-7|2|1,5", "1-7|1|4", "1-7|3|1,4-5", "0,2-3,6|2|2,6"})
    void wholePartsComeBeforeSingleCpus(String available, int count, String chosen) throws IOException {
        assertThat(CpuAccumulator.take(machine(), CpuSet.parse(available), count)).hasToString(chosen);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0-7|6|true|0-2,4-6", "0-7|6|false|0-2,4,6-7", "0-7|4|false|0-1,4-5",
            "0-7|5|false|0-2,4,6", "1-7|5|true|2-4,6-7", "0,2-3,6-7|4|false|2-3,6-7", "0-7|8|true|0-7"})
    void whoNeedsSeveralNumaNodesHasAsMuchOfEach(String available, int count, boolean fullCores, String chosen)
            throws IOException {
        CpuSet taken = CpuAccumulator.take(machine(), CpuSet.parse(available), count,
                new CpuPolicyOptions(fullCores, true, false, false, false, false));
        assertThat(taken.size()).isEqualTo(count);
        assertThat(machine().nodes(taken).stream().filter(node -> node == 1).count())
                .isEqualTo(machine().nodes(CpuSet.parse(chosen)).stream().filter(node -> node == 1).count());
    }

    @Test
    void cpusAreOfOneCacheWhereItHasEnough() throws IOException {
        CpuTopology machine = new CpuTopology(IntStream.range(0, 12)
                .mapToObj(id -> new CpuTopology.Cpu(id, id, 0, 0, id / 4 * 4)).toList());
        CpuPolicyOptions byCache = new CpuPolicyOptions(false, false, false, true, false, false);
        assertThat(CpuAccumulator.take(machine, CpuSet.parse("2-11"), 3, byCache)).hasToString("4-6");
        assertThat(CpuAccumulator.take(machine, CpuSet.parse("2-11"), 3)).hasToString("2-4");
        assertThat(CpuAccumulator.take(machine, CpuSet.parse("2-11"), 6, byCache)).as("a whole one, and the fullest")
                .hasToString("2-7");
        assertThat(CpuAccumulator.take(machine, CpuSet.parse("2-3,6-7,11"), 3, byCache)).as("none has enough")
                .hasToString("2-3,6");
    }

    @Test
    void cpusAreOfDifferentCoresWhereThatIsAskedFor() throws IOException {
        CpuPolicyOptions spread = CpuPolicyOptions.parse("distribute-cpus-across-cores=true", true);
        assertThat(CpuAccumulator.take(machine(), CpuSet.parse("0-7"), 2, spread)).hasToString("0-1");
        assertThat(CpuAccumulator.take(machine(), CpuSet.parse("1-7"), 4, spread)).as("a whole node comes first")
                .hasToString("2-3,6-7");
    }

    @Test
    void tooFewAreTold() throws IOException {
        CpuTopology machine = machine();
        assertThatThrownBy(() -> CpuAccumulator.take(machine, CpuSet.parse("1-2"), 3))
                .hasMessage("not enough cpus available to satisfy request: requested=3, available=2");
    }
}
