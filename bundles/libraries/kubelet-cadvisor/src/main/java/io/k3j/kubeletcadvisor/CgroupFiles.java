package io.k3j.kubeletcadvisor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Control groups by their files, of one version of cgroups(7). Any thread; each call reads. A group is named by its
/// path, as `/kubepods`; figures of what is not there are 0.
interface CgroupFiles {
    /// Those that the machine has. One with both versions side by side counts as version 1: its controllers are there.
    static CgroupFiles at(KernelText kernel) {
        Path mount = kernel.path("/sys/fs/cgroup");
        return Files.exists(mount.resolve("cgroup.controllers")) ? new UnifiedGroups(kernel, mount)
                : new ControllerGroups(kernel, mount);
    }

    /// Whether the kernel counts how long groups wait for what is short, which it does in version 2.
    boolean unified();

    /// The group that this process is in, empty where it is not known.
    String own();

    /// Where a group may lie.
    List<Path> directories(String id);

    /// The file beside which nothing of a group is older: the directory changes with what is made in it.
    String oldest();

    /// The file that lists a group's processes.
    Path processes(String id);

    /// What a group may use.
    CgroupSample.Limits limits(String id);

    /// Processor time.
    CgroupSample.Cpu cpu(String id);

    /// Memory and swap.
    CgroupSample.Memory memory(String id);

    /// Threads.
    /// @param processes of the group, which are told where version 2 does not count threads
    CgroupSample.Threads threads(String id, int processes);

    /// What it has read and written, by disk; disks are numbers still.
    List<DeviceIo> io(String id);

    /// How long it has waited for `cpu`, `memory` and `io`; nothing in version 1.
    Map<String, CgroupSample.Stall> pressure(String id);

    /// Whether there is such a group.
    default boolean there(String id) {
        return directories(id).stream().anyMatch(Files::isDirectory);
    }

    /// The names of the groups right below one.
    /// @param most that are told of each hierarchy
    default Collection<String> children(String id, int most) {
        TreeSet<String> names = new TreeSet<>();
        directories(id).forEach(directory -> names.addAll(KernelText.directories(directory, most)));
        return names;
    }
}
