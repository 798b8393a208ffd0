package io.k3j.kubeletcpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubelettopology.NumaSupply;
import io.k3j.kubelettopology.TopologyHint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Four CPUs, one thread a core, of which CPU 0 is reserved.
class StaticCpusTest {
    private static final CpuTopology MACHINE = new CpuTopology(
            IntStream.range(0, 4).mapToObj(id -> new CpuTopology.Cpu(id, id, 0, 0)).toList());
    @TempDir
    private Path root;
    private StaticCpus cpus;

    @BeforeEach
    void begin() {
        cpus = again();
    }

    private StaticCpus again() {
        return new StaticCpus(root, MACHINE, CpuSet.parse("0"), CpuPolicyOptions.NONE);
    }

    private String allocate(String pod, int count) throws IOException {
        return cpus.allocate(pod, "c", count, CpuSet.EMPTY, 0).toString();
    }

    @Test
    void othersShareWhatNobodyHasForItself() throws IOException {
        assertThat(cpus.of("x", "c")).hasToString("0-3");
        assertThat(allocate("a", 2)).isEqualTo("1-2");
        assertThat(cpus.of("a", "c")).hasToString("1-2");
        assertThat(cpus.of("x", "c")).hasToString("0,3");
        assertThat(allocate("a", 2)).as("it keeps what it has").isEqualTo("1-2");
        assertThatThrownBy(() -> allocate("b", 2))
                .hasMessage("not enough cpus available to satisfy request: requested=2, available=1");
        assertThat(cpus.free("a")).isTrue();
        assertThat(cpus.free("a")).isFalse();
        assertThat(cpus.of("x", "c")).hasToString("0-3");
        assertThat(allocate("b", 3)).isEqualTo("1-3");
        assertThat(cpus.of("x", "c")).as("the reserved one is left").hasToString("0");
    }

    @Test
    void whatAnInitContainerHadIsItsPodsFirst() throws IOException {
        CpuSet had = cpus.allocate("a", "i", 2, CpuSet.EMPTY, 0);
        assertThat(cpus.allocate("a", "c", 3, had, 0)).hasToString("1-3");
        assertThat(cpus.of("x", "c")).hasToString("0");
    }

    @Test
    void thoseNearTheNodesAreTakenFirst() throws IOException {
        CpuTopology two = new CpuTopology(
                IntStream.range(0, 4).mapToObj(id -> new CpuTopology.Cpu(id, id, id % 2, id % 2)).toList());
        assertThat(two.numaNodes()).isEqualTo(3);
        StaticCpus near = new StaticCpus(root, two, CpuSet.parse("0"), CpuPolicyOptions.NONE);
        assertThat(near.supply(1, CpuSet.EMPTY))
                .isEqualTo(new NumaSupply(1, List.of(1L, 2L, 1L, 2L), List.of(2L, 1L, 2L)));
        assertThat(near.allocate("a", "c", 1, CpuSet.EMPTY, 2)).hasToString("1");
        assertThat(near.allocate("b", "c", 2, CpuSet.EMPTY, 2)).hasToString("2-3");
    }

    @Test
    void aKubeletThatComesAfterKnowsWhoHasWhat() throws IOException {
        allocate("a", 2);
        cpus = again();
        assertThat(cpus.exclusive("a", "c")).hasToString("1-2");
        assertThat(cpus.pods()).containsExactly("a");
        assertThat(allocate("b", 1)).isEqualTo("3");
    }

    @Test
    void whatCannotBeReadCountsAsNothing() throws IOException {
        allocate("a", 2);
        Files.writeString(root.resolve("cpu_manager_state"), "{\"policyName\"");
        assertThat(again().pods()).isEmpty();
    }

    @Test
    void nodesOfOneSocketAreAsGoodAsOneWhereSocketsCount() throws IOException {
        // two sockets of two NUMA nodes with two CPUs each
        CpuTopology machine = new CpuTopology(
                IntStream.range(0, 8).mapToObj(id -> new CpuTopology.Cpu(id, id, id / 4, id / 2)).toList());
        StaticCpus bySocket = new StaticCpus(root, machine, CpuSet.parse("0"),
                CpuPolicyOptions.parse("align-by-socket=true", true));
        assertThat(bySocket.supply(2, CpuSet.EMPTY).hints(15)).contains(new TopologyHint(3, true),
                new TopologyHint(12, true), new TopologyHint(6, false));
        assertThat(bySocket.allocate("a", "c", 3, CpuSet.EMPTY, 2)).as("the rest is of the same socket")
                .hasToString("1-3");
        CpuTopology flat = new CpuTopology(
                IntStream.range(0, 4).mapToObj(id -> new CpuTopology.Cpu(id, id, id % 2, 0)).toList());
        assertThatThrownBy(() -> new StaticCpus(root, flat, CpuSet.parse("0"),
                CpuPolicyOptions.parse("align-by-socket=true", true)))
                .hasMessageContaining("number of sockets are more than number of NUMA");
    }

    private StaticCpus twoThreads(String options) {
        // cores 0 and 1 with the threads 0, 2 and 1, 3, and core 4 with 4 and 5
        CpuTopology machine = new CpuTopology(IntStream.range(0, 6)
                .mapToObj(id -> new CpuTopology.Cpu(id, id < 4 ? id % 2 : 4, 0, 0)).toList());
        return new StaticCpus(root, machine, CpuSet.parse("0"), CpuPolicyOptions.parse(options, true));
    }

    @Test
    void containersDoNotShareCoresWhereTheyAreWhole() throws IOException {
        StaticCpus whole = twoThreads("full-pcpus-only=true");
        assertThatThrownBy(() -> whole.allocate("a", "c", 3, CpuSet.EMPTY, 0)).isInstanceOf(SmtAlignmentFault.class)
                .hasMessage("SMT Alignment Error: requested 3 cpus not multiple cpus per core = 2");
        assertThat(whole.supply(2, CpuSet.EMPTY)).as("CPU 2 is of the reserved one's core")
                .isEqualTo(new NumaSupply(2, Collections.nCopies(6, 1L), Collections.nCopies(4, 1L)));
        assertThat(whole.allocate("a", "c", 2, CpuSet.EMPTY, 0)).hasToString("1,3");
        assertThatThrownBy(() -> whole.allocate("b", "c", 4, CpuSet.EMPTY, 0)).isInstanceOf(SmtAlignmentFault.class)
                .hasMessage("SMT Alignment Error: not enough free physical CPUs: available physical CPUs = 2,"
                        + " requested CPUs = 4, CPUs per core = 2");
        assertThat(whole.allocate("b", "c", 2, CpuSet.EMPTY, 0)).hasToString("4-5");
    }

    @Test
    void nobodyRunsOnReservedCpusWhereThatIsStrict() throws IOException {
        StaticCpus strict = twoThreads("strict-cpu-reservation=true");
        assertThat(strict.of("x", "c")).hasToString("1-5");
        assertThat(strict.allocate("a", "c", 5, CpuSet.EMPTY, 0)).hasToString("1-5");
        assertThat(strict.of("x", "c").isEmpty()).isTrue();
    }

    @Test
    void someHaveToBeReservedAndNotAll() {
        assertThatThrownBy(() -> new StaticCpus(root, MACHINE, CpuSet.EMPTY, CpuPolicyOptions.NONE))
                .hasMessageContaining("the static policy requires systemreserved.cpu"
                        + " + kubereserved.cpu to be greater than zero");
        assertThatThrownBy(() -> new StaticCpus(root, MACHINE, CpuSet.parse("0-3"), CpuPolicyOptions.NONE))
                .hasMessageContaining("all 4 CPUs are reserved");
        assertThat(StaticCpus.reserved(MACHINE, 2, CpuPolicyOptions.NONE)).isEqualTo(new CpuSet(List.of(0, 1)));
    }
}
