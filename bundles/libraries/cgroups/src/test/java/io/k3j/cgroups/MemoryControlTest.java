package io.k3j.cgroups;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens to a container of which the kernel ends a process for memory.
class MemoryControlTest {
    private static final SwapLimits NO_SWAP = new SwapLimits(SwapLimits.Controller.ALONE, false, 0);
    @TempDir
    private Path mount;

    private Struct unified(boolean single) {
        Obj pod = Obj.of(Struct.of("metadata", Struct.of("name", "p"), "spec", Struct.EMPTY));
        return ContainerResources.linux(pod, Struct.of("name", "c"), 1L << 30,
                MemoryControl.at(mount, NO_SWAP, single)).struct("unified");
    }

    @Test
    void allOfItsProcessesEndUnlessTheNodeIsToldOtherwise() throws IOException {
        Files.writeString(mount.resolve("cgroup.controllers"), "cpu memory pids\n");
        assertThat(unified(false)).isEqualTo(Struct.of("memory.swap.max", "0", "memory.oom.group", "1"));
        assertThat(unified(true)).isEqualTo(Struct.of("memory.swap.max", "0"));
    }

    @Test
    void whereTheKernelCountsNoMemoryNothingIsSaid() throws IOException {
        Files.writeString(mount.resolve("cgroup.controllers"), "cpu pids\n");
        assertThat(unified(false).has("memory.oom.group")).isFalse();
    }

    @Test
    void withVersionOneItIsThatProcessAlone() {
        assertThat(unified(false).has("memory.oom.group")).isFalse();
    }
}
