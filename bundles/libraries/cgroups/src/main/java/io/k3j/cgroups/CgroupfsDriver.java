package io.k3j.cgroups;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Makes cgroups as directories of the kernel's. For hosts whose runtime does not have systemd keep cgroups. Any
/// thread: the kernel puts two writers of one file in order.
final class CgroupfsDriver implements CgroupDriver {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    /// Controllers of version 1 with a limit of a pod; each has a hierarchy of its own.
    private static final List<String> LIMITING = List.of("cpu", "memory", "pids");
    /// Controllers of version 2 that containers are held with.
    private static final List<String> DELEGATED = List.of("cpu", "cpuset", "io", "memory", "pids");
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
        Files.createDirectories(p);
        hierarchies.delegate(p, DELEGATED);
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
    public void hugePages(String group, Map<Long, Long> limits) throws IOException {
        new HugetlbFiles(hierarchies).limit(group.substring(1), limits);
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
