package io.k3j.kubeletmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubelettopology.TopologyHint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Containers on a machine of two NUMA nodes with 10 GiB each, of which 1 GiB is reserved; node 1 has huge pages of
/// 2 GiB together.
class StaticMemoryTest {
    private static final TopologyHint ANY = new TopologyHint(0, true);
    @TempDir
    private Path directory;
    private Path sys;
    private StaticMemory memory;

    @BeforeEach
    void begin() throws IOException {
        sys = directory.resolve("sys");
        for (int number = 0; number < 2; number++) {
            Path node = Files.createDirectories(sys.resolve("devices/system/node/node" + number));
            Files.writeString(node.resolve("meminfo"), "Node " + number + " MemTotal:       " + (10 << 20)
                    + " kB\nNode " + number + " MemFree:  1 kB\n");
        }
        Path pages = Files.createDirectories(sys.resolve("devices/system/node/node1/hugepages/hugepages-2048kB"));
        Files.writeString(pages.resolve("nr_hugepages"), "1024\n");
        memory = next();
    }

    private StaticMemory next() throws IOException {
        return new StaticMemory(directory, MemoryTopology.read(sys, 0),
                ReservedMemory.parse("0:memory=1Gi;1:memory=1Gi"));
    }

    private static Map<String, Long> gibibytes(long amount) {
        return Map.of("memory", amount << 30);
    }

    private void give(String pod, long amount) throws IOException {
        give(pod, gibibytes(amount), ANY);
    }

    private void give(String pod, Map<String, Long> wanted, TopologyHint near) throws IOException {
        memory.allocate("c", wanted, new ReusableMemory(pod), false, near);
    }

    private List<TopologyHint> hints(Map<String, Long> wanted) {
        return memory.providers(wanted, new ReusableMemory("new")).stream().flatMap(p -> p.hints(3).stream()).toList();
    }

    @Test
    void aContainerHasItsMemoryFromOneNodeWhereThatHasIt() throws IOException {
        give("a", 8);
        assertThat(memory.nodes("a", "c")).isEqualTo("0");
        give("b", 6);
        assertThat(memory.nodes("b", "c")).as("1 GiB is left of node 0").isEqualTo("1");
        assertThatThrownBy(() -> give("d", 2)).isInstanceOf(IllegalStateException.class).hasMessage("[memorymanager]"
                + " failed to get the default NUMA affinity, no NUMA nodes with enough memory is available");
        memory.free("a");
        give("d", 2);
        assertThat(memory.nodes("d", "c")).isEqualTo("0");
        assertThat(memory.nodes("e", "c")).isEmpty();
    }

    @Test
    void nodesThatOneContainerHasTogetherAreNotGivenAlone() throws IOException {
        give("a", 12);
        assertThat(memory.nodes("a", "c")).isEqualTo("0,1");
        assertThat(hints(gibibytes(1))).as("not preferred: one node could have it on an empty machine")
                .containsExactly(new TopologyHint(3, false));
        assertThatThrownBy(() -> give("b", 5)).hasMessageContaining("failed to get the default NUMA affinity");
        memory.free("a");
        assertThat(hints(gibibytes(1))).containsExactlyInAnyOrder(new TopologyHint(1, true), new TopologyHint(2, true),
                new TopologyHint(3, false));
    }

    @Test
    void nodesWithMemoryOfTheirOwnAreNotGivenTogether() throws IOException {
        give("a", 1);
        assertThat(hints(gibibytes(12))).isEmpty();
        assertThatThrownBy(() -> give("b", gibibytes(1), new TopologyHint(3, false)))
                .hasMessage("[memorymanager] preferred hint violates NUMA node allocation");
    }

    @Test
    void hugePagesAreOfTheNodeThatHasThem() throws IOException {
        Map<String, Long> wanted = Map.of("memory", 1L << 30, "hugepages-2Mi", 2L << 30);
        give("a", wanted, ANY);
        assertThat(memory.nodes("a", "c")).isEqualTo("1");
        assertThat(hints(wanted)).as("all pages are given").isEmpty();
        assertThat(memory.allocatable()).containsExactly(new MemoryBlock(List.of(0), "memory", 9L << 30),
                new MemoryBlock(List.of(1), "hugepages-2Mi", 2L << 30),
                new MemoryBlock(List.of(1), "memory", 7L << 30));
    }

    @Test
    void whatTheTopologyManagerChoseIsWidenedWhereItIsNotEnough() throws IOException {
        give("a", gibibytes(12), new TopologyHint(2, false));
        assertThat(memory.nodes("a", "c")).isEqualTo("0,1");
        memory.free("a");
        give("b", gibibytes(3), new TopologyHint(2, true));
        assertThat(memory.nodes("b", "c")).isEqualTo("1");
        assertThatThrownBy(() -> give("d", gibibytes(12), new TopologyHint(2, true)))
                .hasMessage("[memorymanager] failed to find NUMA nodes to extend the current topology hint");
    }

    @Test
    void whatAnInitContainerHadIsGivenToThoseAfterIt() throws IOException {
        ReusableMemory reusable = new ReusableMemory("a");
        memory.allocate("first", gibibytes(6), reusable, true, new TopologyHint(1, true));
        memory.allocate("second", gibibytes(8), reusable, true, new TopologyHint(1, true));
        memory.allocate("c", gibibytes(7), reusable, false, new TopologyHint(1, true));
        assertThat(memory.blocks("a", "first").getFirst().size()).isZero();
        assertThat(memory.blocks("a", "second").getFirst().size()).isEqualTo(1L << 30);
        give("b", gibibytes(1), new TopologyHint(1, true));
        assertThat(memory.nodes("b", "c")).as("8 GiB are given of 9").isEqualTo("0");
        assertThatThrownBy(() -> give("d", gibibytes(1), new TopologyHint(1, true)))
                .hasMessageContaining("to extend the current topology hint");
    }

    @Test
    void theNextKubeletKnowsWhoHasWhat() throws IOException {
        give("a", 8);
        memory = next();
        assertThat(memory.nodes("a", "c")).isEqualTo("0");
        assertThat(memory.pods()).containsExactly("a");
        give("a", 8);
        assertThat(hints(gibibytes(7))).containsExactly(new TopologyHint(2, true));
        assertThat(Files.readString(directory.resolve("memory_manager_state"))).contains("\"policyName\":\"Static\"",
                "\"0\":{\"numberOfAssignments\":1", "\"cells\":[0]", "\"numaAffinity\":[0]");
    }

    @Test
    void whatIsOfNodesThatHaveGoneOrDamagedCountsAsNothing() throws IOException {
        Map<Integer, MemoryNode> machine = Map.of();
        byte[] state = new MemoryState("Static", machine,
                Map.of("a", Map.of("c", List.of(new MemoryBlock(List.of(2), "memory", 1))), "b",
                        Map.of("c", List.of(new MemoryBlock(List.of(1), "memory", 1L << 30)))))
                .bytes();
        Files.write(directory.resolve("memory_manager_state"), state);
        memory = next();
        assertThat(memory.nodes("a", "c")).isEmpty();
        assertThat(memory.nodes("b", "c")).isEqualTo("1");
        Files.writeString(directory.resolve("memory_manager_state"),
                new String(state, StandardCharsets.UTF_8).replace("1073741824", "1"));
        assertThat(next().pods()).isEmpty();
    }

    @Test
    void aMachineThatKnowsNoNumaNodesIsOne() throws IOException {
        MemoryTopology one = MemoryTopology.read(directory.resolve("nothing"), 1L << 30);
        assertThat(one.total()).isEqualTo(Map.of(0, Map.of("memory", 1L << 30)));
    }
}
