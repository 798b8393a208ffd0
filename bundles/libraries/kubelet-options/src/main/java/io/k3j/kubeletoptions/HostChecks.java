package io.k3j.kubeletoptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a machine must not have, where an administrator says so: `fail-swap-on` and `fail-cgroupv1`. Neither counts
/// unless it is said, as K3s gives its kubelet.
public final class HostChecks {
    private HostChecks() {
    }

    /// @param swaps the kernel's table of devices and files it swaps to: a heading and one line each
    /// @param cgroups where control groups are
    /// @throws IllegalStateException in upstream's words, with what to do
    public static void check(KubeletOptions options, Path swaps, Path cgroups) throws IOException {
        if (options.flag("fail-swap-on", false) && swapping(swaps)) {
            throw new IllegalStateException("running with swap on is not supported, please disable swap or set"
                    + " --fail-swap-on flag to false");
        }
        if (options.flag("fail-cgroupv1", false) && !Files.exists(cgroups.resolve("cgroup.controllers"))) {
            throw new IllegalStateException("kubelet is configured to not run on a host using cgroup v1: set"
                    + " failCgroupV1 to false, or start the machine with systemd.unified_cgroup_hierarchy=1");
        }
    }

    /// Whether the machine swaps.
    /// @param swaps as for [#check]
    public static boolean swapping(Path swaps) throws IOException {
        if (!Files.exists(swaps)) {
            return false;
        }
        List<String> lines = Files.readAllLines(swaps).stream().filter(line -> !line.isBlank()).toList();
        return lines.size() > 1;
    }
}
