package io.k3j.cgroups;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What containers may have of two gibibytes of swap, on a node with four of memory.
class SwapLimitsTest {
    private static final String OWN = "0::/system.slice/k3s.service\n";
    @TempDir
    private Path mount;

    private SwapLimits unified(boolean limited) throws IOException {
        Files.createFile(mount.resolve("cgroup.controllers"));
        Path own = Files.createDirectories(mount.resolve("system.slice/k3s.service"));
        Files.createFile(own.resolve("memory.swap.max"));
        return SwapLimits.at(mount, OWN, limited, 2L << 30);
    }

    private static Struct container(String request, String limit) {
        return Struct.of("name", "c", "resources", Struct.of("requests", Struct.of("memory", request), "limits",
                Struct.of("memory", limit)));
    }

    private static Struct linux(SwapLimits swap, Struct container, long priority) {
        Obj pod = Obj.of(Struct.of("metadata", Struct.of("name", "p"), "spec",
                Struct.of("containers", Seq.of(container), "priority", priority)));
        return ContainerResources.linux(pod, container, 4L << 30, new MemoryControl(swap, false, Set.of()));
    }

    private static String swap(SwapLimits swap, Struct container, long priority) {
        return linux(swap, container, priority).struct("unified").text("memory.swap.max");
    }

    @Test
    void containersHaveNoneUnlessTheNodeIsToldSo() throws IOException {
        assertThat(swap(unified(false), container("1Gi", "2Gi"), 0)).isEqualTo("0");
    }

    @Test
    void thoseOfBurstablePodsHaveTheirShareOfIt() throws IOException {
        SwapLimits swap = unified(true);
        assertThat(swap(swap, container("1Gi", "2Gi"), 0)).isEqualTo(Long.toString(512L << 20));
        assertThat(swap(swap, container("1Gi", "1Gi"), 0)).as("as much as it asks for").isEqualTo("0");
        assertThat(swap(swap, Struct.of("name", "c"), 0)).as("asks for nothing").isEqualTo("0");
        assertThat(swap(swap, container("1Gi", "2Gi"), 2_000_000_000L)).as("critical").isEqualTo("0");
    }

    @Test
    void withVersionOneThereIsNoneAboveTheLimitOfMemory() throws IOException {
        Files.createFile(Files.createDirectories(mount.resolve("memory")).resolve("memory.memsw.limit_in_bytes"));
        SwapLimits swap = SwapLimits.at(mount, "", true, 2L << 30);
        assertThat(linux(swap, container("1Gi", "2Gi"), 0).whole("memorySwapLimitInBytes", 0)).isEqualTo(2L << 30);
    }

    @Test
    void whereTheKernelDoesNotCountItNothingIsSaid() throws IOException {
        SwapLimits swap = SwapLimits.at(mount, "", true, 2L << 30);
        Struct linux = linux(swap, container("1Gi", "2Gi"), 0);
        assertThat(linux.has("memorySwapLimitInBytes") || linux.has("unified")).isFalse();
    }
}
