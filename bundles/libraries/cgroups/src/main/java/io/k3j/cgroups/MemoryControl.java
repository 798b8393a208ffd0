package io.k3j.cgroups;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the kernel is told of a container's memory besides its limit. Any thread. See
/// <https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files>.
///
/// @param swap what it may have of the machine's swap
/// @param endsAll whether all of its processes end when the kernel ends one for memory: a container that goes on
/// without one of them is broken, and nobody restarts it. The kernel has that with version 2 of cgroups alone
public record MemoryControl(SwapLimits swap, boolean endsAll) {
    /// Nothing is said.
    public static final MemoryControl NONE = new MemoryControl(SwapLimits.NONE, false);
    private static final String UNIFIED = "unified";

    /// Looks at the kernel's version of cgroups. Blocks for the kernel's files.
    ///
    /// @param mount `/sys/fs/cgroup`
    /// @param single whether one process is ended alone, `singleProcessOOMKill`
    public static MemoryControl at(Path mount, SwapLimits swap, boolean single) {
        return new MemoryControl(swap, !single && Hierarchies.at(mount).unified() && counted(mount));
    }

    /// Whether the kernel counts memory at all: where it does not, a runtime starts no container with such a file.
    private static boolean counted(Path mount) {
        try {
            return List.of(Files.readString(mount.resolve("cgroup.controllers")).strip().split(" ")).contains("memory");
        } catch (IOException e) {
            return false;
        }
    }

    /// CRI's `LinuxContainerResources` with what is said.
    Struct applied(Struct linux, Obj pod, Struct container, long nodeMemory) {
        Struct swapped = swap.applied(linux, pod, container, nodeMemory);
        return endsAll ? swapped.with(UNIFIED, swapped.struct(UNIFIED).with("memory.oom.group", "1")) : swapped;
    }
}
