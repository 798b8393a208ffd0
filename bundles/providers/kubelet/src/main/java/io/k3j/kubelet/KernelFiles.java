package io.k3j.kubelet;

import java.nio.file.Path;

/// Where the kubelet tells the kernel what it wants.
///
/// @param cgroups where control groups are
/// @param oomScore of this process
record KernelFiles(Path cgroups, Path oomScore) {
    /// Those of this machine.
    static final KernelFiles HOST = new KernelFiles(Path.of("/sys/fs/cgroup"), Path.of("/proc/self/oom_score_adj"));
}
