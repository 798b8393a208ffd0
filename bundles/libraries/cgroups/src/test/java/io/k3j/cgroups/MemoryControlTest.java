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

/// What happens to a container of which the kernel ends a process for memory, and what it has of huge pages.
class MemoryControlTest {
    private static final SwapLimits NO_SWAP = new SwapLimits(SwapLimits.Controller.ALONE, false, 0);
    @TempDir
    private Path mount;

    private Struct unified(boolean single) {
        Obj pod = Obj.of(Struct.of("metadata", Struct.of("name", "p"), "spec", Struct.EMPTY));
        return ContainerResources.linux(pod, Struct.of("name", "c"), 1L << 30,
                MemoryControl.at(mount, NO_SWAP, single, Set.of())).struct("unified");
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

    private static Seq pages(Struct ofPod, Struct ofContainer, Set<Long> sizes) {
        Obj pod = Obj.of(Struct.of("metadata", Struct.of("name", "p"), "spec",
                Struct.of("resources", Struct.of("limits", ofPod))));
        Struct container = Struct.of("name", "c", "resources", Struct.of("limits", ofContainer));
        return ContainerResources.linux(pod, container, 1L << 30, new MemoryControl(SwapLimits.NONE, false, sizes))
                .seq("hugepageLimits");
    }

    @Test
    void ofHugePagesAContainerHasWhatItAsksForAndNoneOfOtherSizes() {
        assertThat(pages(Struct.EMPTY, Struct.of("hugepages-2Mi", "4Mi"), Set.of(1L << 30, 2L << 20)))
                .isEqualTo(Seq.of(Struct.of("pageSize", "2MB", "limit", 4L << 20),
                        Struct.of("pageSize", "1GB", "limit", 0L)));
        assertThat(pages(Struct.EMPTY, Struct.EMPTY, Set.of(2L << 20)))
                .isEqualTo(Seq.of(Struct.of("pageSize", "2MB", "limit", 0L)));
        assertThat(pages(Struct.EMPTY, Struct.of("hugepages-2Mi", "4Mi"), Set.of()).isEmpty())
                .as("a kernel without any").isTrue();
    }

    @Test
    void orThoseOfItsPodWhereItNamesNone() {
        Struct whole = Struct.of("hugepages-2Mi", "8Mi");
        assertThat(pages(whole, Struct.EMPTY, Set.of(2L << 20)).struct(0).get("limit")).isEqualTo(8L << 20);
        assertThat(pages(whole, Struct.of("hugepages-2Mi", "4Mi"), Set.of(2L << 20)).struct(0).get("limit"))
                .isEqualTo(4L << 20);
    }
}
