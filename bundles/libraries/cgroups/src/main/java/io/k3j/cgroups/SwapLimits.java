package io.k3j.cgroups;

import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.nio.file.Files;
import java.nio.file.Path;

/// How much of the machine's swap containers may have: none, or, by `memorySwap.swapBehavior: LimitedSwap`, those of
/// burstable pods as much as is their share of the memory. Any thread. See
/// <https://kubernetes.io/docs/concepts/cluster-administration/swap-memory-management/>.
///
/// @param controller what the kernel counts swap with
/// @param limited whether containers may have any
/// @param capacity bytes of swap that the machine has
public record SwapLimits(Controller controller, boolean limited, long capacity) {
    /// Nothing is said of swap.
    public static final SwapLimits NONE = new SwapLimits(Controller.NONE, false, 0);
    private static final String FILE = "memory.swap.max";
    private static final String UNIFIED = "0::/";

    /// What swap is counted with.
    public enum Controller {
        /// The kernel does not count it.
        NONE,
        /// Version 1: together with memory.
        WITH_MEMORY,
        /// Version 2: for itself.
        ALONE
    }

    /// Looks what the kernel counts swap with. Blocks for the kernel's files.
    ///
    /// @param mount `/sys/fs/cgroup`
    /// @param ownGroups what `/proc/self/cgroup` says: the top of version 2 has no limits, so its own group is asked
    public static SwapLimits at(Path mount, String ownGroups, boolean limited, long capacity) {
        if (!Hierarchies.at(mount).unified()) {
            boolean counted = Files.exists(mount.resolve("memory/memory.memsw.limit_in_bytes"));
            return new SwapLimits(counted ? Controller.WITH_MEMORY : Controller.NONE, limited, capacity);
        }
        String own = ownGroups.lines().filter(line -> line.startsWith(UNIFIED))
                .map(line -> line.substring(UNIFIED.length())).findFirst().orElse("");
        boolean counted = Files.exists(mount.resolve(own).resolve(FILE));
        return new SwapLimits(counted ? Controller.ALONE : Controller.NONE, limited, capacity);
    }

    /// CRI's `LinuxContainerResources` with the limit of swap. With version 1 there is none above that of memory, as
    /// upstream has it, and some swapping is still possible.
    Struct applied(Struct linux, Obj pod, Struct container, long nodeMemory) {
        return switch (controller) {
            case NONE -> linux;
            case WITH_MEMORY -> linux.has("memoryLimitInBytes")
                    ? linux.with("memorySwapLimitInBytes", linux.whole("memoryLimitInBytes", 0)) : linux;
            case ALONE -> linux.with("unified",
                    Struct.of(FILE, Long.toString(limited ? share(pod, container, nodeMemory) : 0)));
        };
    }

    private long share(Obj pod, Struct container, long nodeMemory) {
        Struct resources = container.struct("resources");
        long request = ContainerResources.memory(resources.struct("requests"));
        boolean fixed = request == 0 || request == ContainerResources.memory(resources.struct("limits"));
        if (fixed || PodSpecs.isStatic(pod) || pod.spec().whole("priority", 0) >= ContainerResources.CRITICAL
                || !ContainerResources.qosClass(pod).equals("Burstable") || request > nodeMemory) {
            return 0;
        }
        return (long) ((double) request / nodeMemory * capacity);
    }
}
