package io.k3j.kubelet;

import java.io.IOException;
import java.util.Set;

/// Who makes cgroups. A group is named by its path whoever keeps it: `/kubepods/burstable/pod<uid>`. What is there
/// already is taken over, and what has been done already may be asked for again. Safe for any number of threads; a
/// method blocks until it is done. See
/// <https://kubernetes.io/docs/setup/production-environment/container-runtimes/#cgroup-drivers>.
interface CgroupDriver {
    /// What the processes of a pod have together; 0 and less is no limit.
    ///
    /// @param cpuRequest thousandths of a core
    /// @param cpuLimit thousandths of a core
    /// @param memory bytes
    /// @param pids processes
    record Limits(long cpuRequest, long cpuLimit, long memory, long pids) {
    }

    /// What Kubernetes calls it: `cgroupfs` or `systemd`.
    String name();

    /// What CRI calls a group, as `cgroup_parent`.
    String parent(String group);

    /// Makes a group and gives it limits.
    /// @throws IOException when it does not have them, with what to do about it
    void limit(String group, Limits limits) throws IOException;

    /// Gives a group that is there the weight of what is asked for; one that is not there has none.
    /// @param cpuRequest thousandths of a core
    /// @throws IOException when it does not have it, with what to do about it
    void weigh(String group, long cpuRequest) throws IOException;

    /// Removes a group, and all that was set for it. What still has processes stays as it is, for another time.
    void remove(String group);

    /// The last words of the names of groups right below a group.
    Set<String> below(String group);
}
