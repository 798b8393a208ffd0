package io.k3j.kubelet;

import io.k3j.nodestatus.MachineHugePages;
import java.nio.file.Path;

/// Where the kubelet tells the kernel what it wants, and is told what there is.
///
/// @param cgroups where control groups are
/// @param oomScore of this process
/// @param hugePages that the kernel has set aside
record KernelFiles(Path cgroups, Path oomScore, MachineHugePages hugePages) {
    /// Those of this machine.
    static final KernelFiles HOST = new KernelFiles(Path.of("/sys/fs/cgroup"), Path.of("/proc/self/oom_score_adj"),
            new MachineHugePages(Path.of("/sys/kernel/mm/hugepages")));
}
