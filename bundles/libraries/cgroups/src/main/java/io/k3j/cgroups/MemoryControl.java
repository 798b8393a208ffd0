package io.k3j.cgroups;

import io.k3j.kuberuntime.HugePages;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/// What the kernel is told of a container's memory besides its limit. Any thread. See
/// <https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files>.
///
/// @param swap what it may have of the machine's swap
/// @param endsAll whether all of its processes end when the kernel ends one for memory: a container that goes on
/// without one of them is broken, and nobody restarts it. The kernel has that with version 2 of cgroups alone
/// @param pageSizes bytes of a huge page, of each size that the kernel knows
public record MemoryControl(SwapLimits swap, boolean endsAll, Set<Long> pageSizes) {
    /// Nothing is said.
    public static final MemoryControl NONE = new MemoryControl(SwapLimits.NONE, false, Set.of());
    private static final String UNIFIED = "unified";

    /// Copies the sizes.
    public MemoryControl {
        pageSizes = Set.copyOf(pageSizes);
    }

    /// Looks at the kernel's version of cgroups. Blocks for the kernel's files.
    ///
    /// @param mount `/sys/fs/cgroup`
    /// @param single whether one process is ended alone, `singleProcessOOMKill`
    /// @param pageSizes bytes of a huge page, of each size that the kernel knows
    public static MemoryControl at(Path mount, SwapLimits swap, boolean single, Set<Long> pageSizes) {
        Hierarchies hierarchies = Hierarchies.at(mount);
        return new MemoryControl(swap, !single && hierarchies.unified() && counted(hierarchies), pageSizes);
    }

    /// Whether the kernel counts memory at all: where it does not, a runtime starts no container with such a file.
    private static boolean counted(Hierarchies hierarchies) {
        try {
            return hierarchies.controllers().contains("memory");
        } catch (IOException e) {
            return false;
        }
    }

    /// CRI's `LinuxContainerResources` with what is said.
    Struct applied(Struct linux, Obj pod, Struct container, long nodeMemory) {
        Struct swapped = swap.applied(linux, pod, container, nodeMemory);
        Struct ended = endsAll
                ? swapped.with(UNIFIED, swapped.struct(UNIFIED).with("memory.oom.group", "1")) : swapped;
        return pageSizes.isEmpty() ? ended : ended.with("hugepageLimits", pages(pod, container));
    }

    /// Of sizes that neither the container nor the pod as a whole has a limit of there is nothing.
    private Seq pages(Obj pod, Struct container) {
        Struct own = container.struct("resources").struct("limits");
        Struct whole = pod.spec().struct("resources").struct("limits");
        return Seq.copyOf(pageSizes.stream().sorted().map(size -> {
            long limit = HugePages.amount(own, size);
            return Struct.of("pageSize", HugePages.unit(size), "limit",
                    limit > 0 ? limit : HugePages.amount(whole, size));
        }).toList());
    }
}
