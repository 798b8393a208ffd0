package io.k3j.kubelet;

import io.k3j.model.Obj;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The cgroups of pods: `kubepods`, below it the QoS classes, below them one per pod, on version 1 and 2. See
/// <https://kubernetes.io/docs/concepts/architecture/cgroups/>. Safe for any number of threads.
final class Cgroups {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final List<String> LIMITING = List.of("cpu", "memory", "pids");
    private static final String BURSTABLE = "burstable";
    private static final String BEST_EFFORT = "besteffort";
    private static final List<String> CLASSES = List.of("", BURSTABLE, BEST_EFFORT);
    private static final String POD = "pod";
    private final Path mount;
    private final String root;
    private final boolean unified;
    private final boolean systemd;
    private final long pidsLimit;
    /// What burstable pods ask for, in thousandths of a core, by uid.
    private final Map<String, Long> requests = new ConcurrentHashMap<>();

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

    /// Makes a pod's cgroup with the limits of the pod as a whole, and gives its class the weight it has with it.
    void make(Obj pod) {
        if (systemd) {
            return;
        }
        limit(pod);
        if (burstable(pod)) {
            requests.put(pod.uid(), request(pod));
        }
        weigh();
    }

    /// Gives each class the weight of its pods: burstable ones together what they ask for, best-effort ones what is
    /// left over, however many they are. Of pods that run since before this kubelet it learns by this.
    void weigh(Collection<Obj> pods) {
        if (systemd) {
            return;
        }
        Map<String, Long> now = new HashMap<>();
        pods.stream().filter(p -> burstable(p) && !Pods.finished(p)).forEach(p -> now.put(p.uid(), request(p)));
        requests.keySet().retainAll(now.keySet());
        requests.putAll(now);
        weigh();
    }

    private void weigh() {
        weigh(BURSTABLE, requests.values().stream().mapToLong(Long::longValue).sum());
        weigh(BEST_EFFORT, 0);
    }

    private void weigh(String qos, long milliCpu) {
        Path group = path(unified ? "" : "cpu", root + "/kubepods/" + qos);
        try {
            if (Files.isDirectory(group)) {
                share(group, milliCpu);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cgroup {0}: {1}", group, e.toString());
        }
    }

    private void share(Path group, long milliCpu) throws IOException {
        long shares = Amounts.shares(milliCpu);
        write(group, unified ? "cpu.weight" : "cpu.shares", unified ? 1 + (shares - 2) * 9999 / 262142 : shares);
    }

    private static boolean burstable(Obj pod) {
        return Amounts.qosClass(pod).equals("Burstable");
    }

    private static long request(Obj pod) {
        return Amounts.total(pod, "requests", Amounts::milliCpu);
    }

    private void limit(Obj pod) {
        String parent = parent(pod);
        long cpuRequest = request(pod);
        long cpuLimit = Amounts.total(pod, "limits", Amounts::milliCpu);
        long memoryLimit = Amounts.total(pod, "limits", Amounts::memory);
        try {
            if (unified) {
                Path p = path("", parent);
                delegate(p);
                share(p, cpuRequest);
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
            share(path("cpu", parent), cpuRequest);
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

    /// Removes a pod's cgroup in every hierarchy, whatever class the pod was of: of one that is known by its uid only
    /// nobody can tell. What still has processes stays for another time.
    void remove(String uid) {
        requests.remove(uid);
        if (!systemd) {
            classes().forEach(c -> removeTree(c.resolve(POD + uid)));
        }
    }

    /// The uids of pods that have a cgroup in any hierarchy.
    Set<String> present() {
        return systemd ? Set.of()
                : classes().stream().flatMap(c -> children(c).stream()).map(c -> c.getFileName().toString())
                        .filter(n -> n.startsWith(POD)).map(n -> n.substring(POD.length()))
                        .collect(Collectors.toSet());
    }

    private List<Path> classes() {
        return hierarchies().stream().map(h -> h.resolve((root + "/kubepods").substring(1)))
                .flatMap(k -> CLASSES.stream().map(k::resolve)).toList();
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
