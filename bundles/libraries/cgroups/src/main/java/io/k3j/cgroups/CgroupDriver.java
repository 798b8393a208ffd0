package io.k3j.cgroups;

import io.k3j.childprocess.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Who makes cgroups. A group is named by its path no matter who keeps it: `/kubepods/burstable/pod<uid>`. What is
/// there already is taken over, and what has been done already may be asked for again. Safe for any number of threads;
/// a method blocks until it is done. See
/// <https://kubernetes.io/docs/setup/production-environment/container-runtimes/#cgroup-drivers>.
///
/// The kubelet and the runtime must have the same driver, else two write one tree: so whoever makes a driver asks
/// [io.k3j.nodeapi.ContainerRuntime#systemdCgroups] first.
public interface CgroupDriver {
    /// Writes the kernel's files.
    /// @param mount `/sys/fs/cgroup`
    static CgroupDriver cgroupfs(Path mount) {
        return new CgroupfsDriver(Hierarchies.at(mount));
    }

    /// Asks systemd, where it keeps them; 25 s at most for each call.
    /// @param mount `/sys/fs/cgroup`
    /// @param systemctl the program and the first of its arguments
    static CgroupDriver systemd(Path mount, List<String> systemctl) {
        return new SystemdDriver(Hierarchies.at(mount), systemctl, new Command(SystemdDriver.LIMIT));
    }

    /// Where the kernel shows a group, whoever keeps it.
    /// @param name of the driver, `cgroupfs` or `systemd`
    /// @param group absolute, as `/kubepods/burstable/pod<uid>`
    /// @return below `/sys/fs/cgroup`, or below each controller there; without a slash at its beginning
    static String directory(String name, String group) {
        return name.equals(SystemdDriver.NAME) ? SystemdDriver.path(group) : group.substring(1);
    }

    /// What the processes of a pod have together; 0 and less is no limit.
    ///
    /// @param cpuRequest thousandths of a core; becomes shares or a weight, which count only when processors are short
    /// @param cpuLimit thousandths of a core; becomes a quota per 100 ms
    /// @param memory bytes
    /// @param pids processes
    record Limits(long cpuRequest, long cpuLimit, long memory, long pids) {
    }

    /// What Kubernetes calls it: `cgroupfs` or `systemd`.
    String name();

    /// What CRI calls a group, as `cgroup_parent`.
    /// @return a path for `cgroupfs`, the name of a slice for `systemd`
    String parent(String group);

    /// Makes a group and gives it limits.
    /// @param group absolute, as `/kubepods/burstable/pod<uid>`; those above it are made, too
    /// @throws IOException when it does not have them, with what to do about it
    void limit(String group, Limits limits) throws IOException;

    /// As [#limit], but a limit the kernel does not take is a failure with every driver.
    /// @throws IOException when it does not have them all, with what to do about it
    void enforce(String group, Limits limits) throws IOException;

    /// Gives a group that is there other limits, of processors and memory.
    /// @throws IOException when it does not have them all, with what to do about it
    void change(String group, Limits limits) throws IOException;

    /// Gives a group that is there the weight of what is asked for; one that is not there has none.
    /// @param cpuRequest thousandths of a core
    /// @throws IOException when it does not have it, with what to do about it
    void weigh(String group, long cpuRequest) throws IOException;

    /// Gives a group limits of huge pages; a host that does not count them goes on without.
    /// @param limits bytes by size of a page in bytes; sizes that are not among them keep the limit they have
    /// @throws IOException when it does not have them all
    void hugePages(String group, Map<Long, Long> limits) throws IOException;

    /// Removes a group, and all that was set for it. What still has processes stays as it is, for another time. One
    /// that is not there is no failure.
    void remove(String group);

    /// The last words of the names of groups right below a group.
    /// @return `pod<uid>` as Kubernetes writes it, whoever keeps the group; empty for a group that is not there
    Set<String> below(String group);
}
