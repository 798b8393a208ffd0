package io.k3j.kubelet;

import io.k3j.model.Obj;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// The cgroups of pods: `kubepods`, below it the QoS classes, below them one per pod, on version 1 and 2. See
/// <https://kubernetes.io/docs/concepts/architecture/cgroups/>. Safe for any number of threads.
final class Cgroups {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final List<String> LIMITING = List.of("cpu", "memory", "pids");
    private final Path mount;
    private final String root;
    private final boolean unified;
    private final boolean systemd;
    private final long pidsLimit;

    /// @param mount `/sys/fs/cgroup`
    /// @param root below which `kubepods` lies
    /// @param pidsLimit processes a pod may have, -1 for any number
    Cgroups(Path mount, String root, boolean systemd, long pidsLimit) {
        this.mount = mount;
        this.root = root.equals("/") ? "" : root;
        this.unified = Files.exists(mount.resolve("cgroup.controllers"));
        this.systemd = systemd;
        this.pidsLimit = pidsLimit;
    }

    /// Whether the host has version 2 only.
    boolean unified() {
        return unified;
    }

    /// The parent of a pod's containers, as CRI's `cgroup_parent`.
    String parent(Obj pod) {
        String qos = Amounts.qosClass(pod);
        String uid = pod.uid();
        if (systemd) {
            String prefix = "kubepods" + (qos.equals("Guaranteed") ? "" : "-" + qos.toLowerCase(Locale.ROOT));
            return prefix + "-pod" + uid.replace('-', '_') + ".slice";
        }
        return root + "/kubepods" + (qos.equals("Guaranteed") ? "" : "/" + qos.toLowerCase(Locale.ROOT))
                + "/pod" + uid;
    }

    /// Makes a pod's cgroup with the limits of the pod as a whole.
    void make(Obj pod) {
        if (systemd) {
            return;
        }
        String parent = parent(pod);
        long cpuRequest = Amounts.total(pod, "requests", Amounts::milliCpu);
        long cpuLimit = Amounts.total(pod, "limits", Amounts::milliCpu);
        long memoryLimit = Amounts.total(pod, "limits", Amounts::memory);
        try {
            if (unified) {
                Path p = path("", parent);
                delegate(p);
                write(p, "cpu.weight", 1 + (Amounts.shares(cpuRequest) - 2) * 9999 / 262142);
                if (cpuLimit > 0) {
                    Files.writeString(p.resolve("cpu.max"), Amounts.quota(cpuLimit) + " " + Amounts.PERIOD);
                }
                limit(p, "memory.max", memoryLimit);
                limit(p, "pids.max", pidsLimit);
                return;
            }
            for (String controller : LIMITING) {
                Files.createDirectories(path(controller, parent));
            }
            write(path("cpu", parent), "cpu.shares", Amounts.shares(cpuRequest));
            limit(path("cpu", parent), "cpu.cfs_quota_us", Amounts.quota(cpuLimit));
            limit(path("memory", parent), "memory.limit_in_bytes", memoryLimit);
            limit(path("pids", parent), "pids.max", pidsLimit);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cgroup of pod={0}: {1}", pod.key(), e.toString());
        }
    }

    private void delegate(Path pod) throws IOException {
        Files.createDirectories(pod);
        List<Path> above = new ArrayList<>();
        for (Path p = pod.getParent(); p.startsWith(mount); p = p.getParent()) {
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

    private Path path(String controller, String parent) {
        return mount.resolve(controller).resolve(parent.substring(1));
    }

    /// Removes a pod's cgroup in every hierarchy; what still has processes stays for another time.
    void remove(String parent) {
        if (systemd) {
            return;
        }
        for (Path hierarchy : hierarchies()) {
            removeTree(hierarchy.resolve(parent.substring(1)));
        }
    }

    /// The cgroup parents of pods that are there, with their uid at the end of the name.
    List<String> present() {
        List<String> all = new ArrayList<>();
        if (systemd) {
            return all;
        }
        for (String qos : List.of("", "/burstable", "/besteffort")) {
            Path p = mount.resolve(unified ? "" : "memory").resolve((root + "/kubepods" + qos).substring(1));
            children(p).stream().filter(c -> c.getFileName().toString().startsWith("pod"))
                    .forEach(c -> all.add(root + "/kubepods" + qos + "/" + c.getFileName()));
        }
        return all;
    }

    private List<Path> hierarchies() {
        return unified ? List.of(mount) : children(mount);
    }

    private static List<Path> children(Path directory) {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static void removeTree(Path group) {
        children(group).forEach(Cgroups::removeTree);
        try {
            Files.delete(group);
        } catch (NoSuchFileException e) {
            // that is what was wanted
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "cgroup {0} stays: {1}", group, e.getMessage());
        }
    }
}
