package io.k3j.kubeletoptions;

import io.k3j.cgroups.CgroupDriver;
import io.k3j.cgroups.Cgroups;
import io.k3j.cgroups.MemoryControl;
import io.k3j.cgroups.SwapLimits;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodestatus.MachineHugePages;
import io.k3j.nodestatus.MachineInfo;
import java.nio.file.Path;
import java.util.List;

/// How pods and containers are held to what they may have, by the kubelet's options.
public final class CgroupOptions {
    private CgroupOptions() {
    }

    /// The groups of pods, by who makes those of the runtime.
    /// @param mount where control groups are
    /// @param pages that the kernel has set aside
    public static Cgroups cgroups(Path mount, KubeletOptions options, ContainerRuntime runtime,
            MachineHugePages pages) {
        CgroupDriver driver = runtime.systemdCgroups() ? CgroupDriver.systemd(mount, List.of("systemctl"))
                : CgroupDriver.cgroupfs(mount);
        return new Cgroups(driver, options.cgroupRoot(), options.number("pod-max-pids", -1), quota(options),
                pages::bytes);
    }

    /// What the kernel is told of the memory of containers. Blocks for the kernel's files.
    /// @param mount where control groups are
    /// @param pages that the kernel has set aside
    public static MemoryControl memory(Path mount, KubeletOptions options, MachineHugePages pages) {
        return MemoryControl.at(mount, SwapLimits.at(mount, MachineInfo.text("/proc/self/cgroup"),
                options.limitedSwap(), MachineInfo.memory("SwapTotal:")),
                options.flag("single-process-oom-kill", false), pages.bytes().keySet());
    }

    /// CRI's `LinuxContainerResources` as far as containers are held to it: limits of CPU with `cpu-cfs-quota` alone.
    public static Struct held(KubeletOptions options, Struct linux) {
        return quota(options) ? linux : linux.without("cpuQuota").without("cpuPeriod");
    }

    private static boolean quota(KubeletOptions options) {
        return options.flag("cpu-cfs-quota", true);
    }
}
