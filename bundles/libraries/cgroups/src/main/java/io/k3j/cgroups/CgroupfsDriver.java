package io.k3j.cgroups;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Makes cgroups as directories of the kernel's. For hosts whose runtime does not have systemd keep cgroups. Any
/// thread: the kernel puts two writers of one file in order.
final class CgroupfsDriver implements CgroupDriver {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    /// Controllers of version 1 with a limit of a pod; each has a hierarchy of its own.
    private static final List<String> LIMITING = List.of("cpu", "memory", "pids");
    private final Hierarchies hierarchies;

    CgroupfsDriver(Hierarchies hierarchies) {
        this.hierarchies = hierarchies;
    }

    @Override
    public String name() {
        return "cgroupfs";
    }

    @Override
    public String parent(String group) {
        return group;
    }

    /// What the kernel does not take is told in the log only: some hosts lack a controller.
    @Override
    public void limit(String group, Limits limits) {
        try {
            enforce(group, limits);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot change cgroup path={0} error={1}", group, e.toString());
        }
    }

    @Override
    public void enforce(String group, Limits limits) throws IOException {
        if (hierarchies.unified()) {
            limitUnified(group, limits);
        } else {
            limitEach(group, limits);
        }
    }

    /// Here a host that lacks the controller has not done what was asked.
    @Override
    public void change(String group, Limits limits) throws IOException {
        if (hierarchies.unified()) {
            limitUnified(group, limits);
        } else {
            limitCpuAndMemory(group, limits);
        }
    }

    /// A limit that is 0 is not written: a new group has none.
    private void limitUnified(String group, Limits limits) throws IOException {
        Path p = path("", group);
        delegate(p);
        share(p, limits.cpuRequest());
        if (limits.cpuLimit() > 0) {
            Files.writeString(p.resolve("cpu.max"),
                    ContainerResources.quota(limits.cpuLimit()) + " " + ContainerResources.PERIOD);
        }
        limit(p, "memory.max", limits.memory());
        limit(p, "pids.max", limits.pids());
    }

    /// @throws IOException at the first file the kernel does not take; limits before it stay
    private void limitEach(String group, Limits limits) throws IOException {
        for (String controller : LIMITING) {
            Files.createDirectories(path(controller, group));
        }
        limitCpuAndMemory(group, limits);
        limit(path("pids", group), "pids.max", limits.pids());
    }

    private void limitCpuAndMemory(String group, Limits limits) throws IOException {
        share(path("cpu", group), limits.cpuRequest());
        limit(path("cpu", group), "cpu.cfs_quota_us", ContainerResources.quota(limits.cpuLimit()));
        limit(path("memory", group), "memory.limit_in_bytes", limits.memory());
    }

    @Override
    public void weigh(String group, long cpuRequest) throws IOException {
        Path p = path("cpu", group);
        if (Files.isDirectory(p)) {
            share(p, cpuRequest);
        }
    }

    /// A request of 0 is the least weight, not none: best-effort pods run when there is time left.
    private void share(Path group, long cpuRequest) throws IOException {
        if (hierarchies.unified()) {
            write(group, "cpu.weight", ContainerResources.weight(cpuRequest));
        } else {
            write(group, "cpu.shares", ContainerResources.shares(cpuRequest));
        }
    }

    /// A controller counts in a group only when each group above has given it on, from the top down; see cgroups(7),
    /// `cgroup.subtree_control`. A controller the host lacks is left out.
    private void delegate(Path group) throws IOException {
        Files.createDirectories(group);
        List<Path> above = new ArrayList<>();
        for (Path p = group.getParent(); p != null && p.startsWith(hierarchies.mount()); p = p.getParent()) {
            above.addFirst(p);
        }
        for (Path p : above) {
            for (String controller : List.of("cpu", "cpuset", "io", "memory", "pids")) {
                try {
                    Files.writeString(p.resolve("cgroup.subtree_control"), "+" + controller);
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.DEBUG, "Cgroup {0} without {1}", p, controller);
                }
            }
        }
    }

    private static void limit(Path group, String file, long value) throws IOException {
        if (value > 0) {
            write(group, file, value);
        }
    }

    private static void write(Path group, String file, long value) throws IOException {
        Files.writeString(group.resolve(file), Long.toString(value));
    }

    /// @param controller of version 1; version 2 has one place for all
    private Path path(String controller, String group) {
        return hierarchies.group(controller, group.substring(1));
    }

    @Override
    public void remove(String group) {
        hierarchies.groups(group.substring(1)).forEach(Hierarchies::remove);
    }

    @Override
    public Set<String> below(String group) {
        return hierarchies.groups(group.substring(1)).stream().flatMap(g -> Hierarchies.children(g).stream())
                .map(c -> c.getFileName().toString()).collect(Collectors.toSet());
    }
}
