package io.k3j.kubelet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Makes cgroups as directories of the kernel's.
final class CgroupfsDriver implements CgroupDriver {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
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
            if (hierarchies.unified()) {
                limitUnified(group, limits);
            } else {
                limitEach(group, limits);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cgroup {0}: {1}", group, e.toString());
        }
    }

    private void limitUnified(String group, Limits limits) throws IOException {
        Path p = path("", group);
        delegate(p);
        share(p, limits.cpuRequest());
        if (limits.cpuLimit() > 0) {
            Files.writeString(p.resolve("cpu.max"), Amounts.quota(limits.cpuLimit()) + " " + Amounts.PERIOD);
        }
        limit(p, "memory.max", limits.memory());
        limit(p, "pids.max", limits.pids());
    }

    private void limitEach(String group, Limits limits) throws IOException {
        for (String controller : LIMITING) {
            Files.createDirectories(path(controller, group));
        }
        share(path("cpu", group), limits.cpuRequest());
        limit(path("cpu", group), "cpu.cfs_quota_us", Amounts.quota(limits.cpuLimit()));
        limit(path("memory", group), "memory.limit_in_bytes", limits.memory());
        limit(path("pids", group), "pids.max", limits.pids());
    }

    @Override
    public void weigh(String group, long cpuRequest) throws IOException {
        Path p = path("cpu", group);
        if (Files.isDirectory(p)) {
            share(p, cpuRequest);
        }
    }

    private void share(Path group, long cpuRequest) throws IOException {
        if (hierarchies.unified()) {
            write(group, "cpu.weight", Amounts.weight(cpuRequest));
        } else {
            write(group, "cpu.shares", Amounts.shares(cpuRequest));
        }
    }

    private void delegate(Path group) throws IOException {
        Files.createDirectories(group);
        List<Path> above = new ArrayList<>();
        for (Path p = group.getParent(); p.startsWith(hierarchies.mount()); p = p.getParent()) {
            above.addFirst(p);
        }
        for (Path p : above) {
            for (String controller : List.of("cpu", "cpuset", "io", "memory", "pids")) {
                try {
                    Files.writeString(p.resolve("cgroup.subtree_control"), "+" + controller);
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.DEBUG, "cgroup {0} without {1}", p, controller);
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
