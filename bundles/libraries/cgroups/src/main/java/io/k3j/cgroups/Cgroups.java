package io.k3j.cgroups;

import io.k3j.kuberuntime.HugePages;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The cgroups of pods: `kubepods`, below it the QoS classes, below them one per pod. See
/// <https://kubernetes.io/docs/concepts/architecture/cgroups/>. Safe for any number of threads; what changes a group
/// blocks until its driver is done.
///
/// Guaranteed pods lie directly below `kubepods`, as upstream has it, and their weights compete with that of each class
/// as a whole.
public final class Cgroups {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final String BURSTABLE = "/burstable";
    private static final String BEST_EFFORT = "/besteffort";
    /// Where a pod's group may lie, below `kubepods`.
    private static final List<String> CLASSES = List.of("", BURSTABLE, BEST_EFFORT);
    private static final String POD = "pod";
    private final CgroupDriver driver;
    private final String kubepods;
    private final long pidsLimit;
    private final boolean quota;
    private final Supplier<Map<Long, Long>> hugePages;
    /// Lets a class have the weight of all pods known when it was added up.
    private final ReentrantLock weighing = new ReentrantLock();
    /// What burstable pods ask for, in thousandths of a core, by uid.
    private final Map<String, Long> requests = new HashMap<>();
    /// What all pods may have of huge pages, by size, as it was set last; nothing before [#enforce]; under [#weighing].
    private Map<Long, Long> pages = Map.of();
    /// What they were to have of them and the kernel did not take, nothing once it has taken all; under [#weighing].
    private Map<Long, Long> refused = Map.of();

    /// Those of a node whose pods are held to their limits of CPU. Makes nothing yet.
    /// @param driver who makes them
    /// @param root below which `kubepods` lies, as `/`; given by `--cgroup-root`
    /// @param pidsLimit processes a pod may have, -1 for any number
    public Cgroups(CgroupDriver driver, String root, long pidsLimit) {
        this(driver, root, pidsLimit, true, Map::of);
    }

    /// The same of any node.
    /// @param quota whether pods are held to their limits of CPU
    /// @param hugePages asked for each pod what the node has of huge pages: bytes by size of a page in bytes
    public Cgroups(CgroupDriver driver, String root, long pidsLimit, boolean quota,
            Supplier<Map<Long, Long>> hugePages) {
        this.quota = quota;
        this.hugePages = hugePages;
        this.driver = driver;
        this.kubepods = (root.equals("/") ? "" : root) + "/kubepods";
        this.pidsLimit = pidsLimit;
    }

    /// What Kubernetes calls who keeps them: `cgroupfs` or `systemd`.
    public String driver() {
        return driver.name();
    }

    /// The group that all pods are in.
    public String root() {
        return kubepods;
    }

    /// Gives all pods together limits, those of the huge pages that there are among them, and the weight they have
    /// beside the rest of the machine: without it a new group counts as much as a single core, however many there are.
    /// @throws IOException when they do not have them, with what to do about it
    public void enforce(CgroupDriver.Limits limits) throws IOException {
        driver.enforce(kubepods, limits);
        Map<Long, Long> now = hugePages.get();
        driver.hugePages(kubepods, now);
        weighing(() -> pages = now);
    }

    /// The parent of a pod's containers, as CRI's `cgroup_parent`. Pure; whether the group is there is not looked at.
    public String parent(Obj pod) {
        return driver.parent(group(pod));
    }

    /// The class is fixed when the pod is made, so its group never moves.
    private String group(Obj pod) {
        String qos = ContainerResources.qosClass(pod);
        return kubepods + (qos.equals("Guaranteed") ? "" : "/" + qos.toLowerCase(Locale.ROOT)) + "/" + POD + pod.uid();
    }

    /// Makes a pod's cgroup, or changes the one there is, with the limits of the pod as a whole, and gives its class
    /// the weight it has with it. Called before the pod's sandbox is made.
    /// @throws IOException when the pod would run without its limits
    public void make(Obj pod) throws IOException {
        driver.limit(group(pod), limits(pod));
        limitPages(group(pod), pages(pod), System.Logger.Level.WARNING);
        weighClass(pod);
    }

    /// What a pod may have of huge pages: what it asks for, and nothing of other sizes.
    private Map<Long, Long> pages(Obj pod) {
        Map<Long, Long> all = new TreeMap<>();
        hugePages.get().keySet().forEach(size -> all.put(size,
                ContainerResources.exact(pod, amounts -> HugePages.amount(amounts, size))));
        return all;
    }

    /// A group that cannot be limited is told in the log only: its containers are held to their own limits.
    /// @return whether it is limited
    private boolean limitPages(String group, Map<Long, Long> limits, System.Logger.Level failure) {
        try {
            driver.hugePages(group, limits);
            return true;
        } catch (IOException e) {
            LOG.log(failure, "Cannot limit huge pages cgroup={0} error={1}", group, e.toString());
            return false;
        }
    }

    /// Gives a pod that is resized in place its new limits, and its class the weight it has with it.
    /// @throws IOException when the pod does not have them: then the resize is not done
    public void resize(Obj pod) throws IOException {
        driver.change(group(pod), limits(pod));
        weighClass(pod);
    }

    private CgroupDriver.Limits limits(Obj pod) {
        return new CgroupDriver.Limits(request(pod),
                quota ? ContainerResources.total(pod, "limits", ContainerResources::milliCpu) : 0,
                ContainerResources.total(pod, "limits", ContainerResources::memory), pidsLimit);
    }

    private void weighClass(Obj pod) {
        weighing(() -> {
            if (burstable(pod)) {
                requests.put(pod.uid(), request(pod));
            }
            weigh();
        });
    }

    /// Gives each class the weight of its pods: burstable ones together what they ask for, best-effort ones what is
    /// left over, however many they are. Of pods that run since before this kubelet it learns by this. Huge pages that
    /// somebody has set aside meanwhile are for pods, too.
    /// @param pods of this node, all of them: what is missing is forgotten
    public void weigh(Collection<Obj> pods) {
        weighing(() -> {
            requests.clear();
            pods.stream().filter(p -> burstable(p) && !PodSpecs.finished(p))
                    .forEach(p -> requests.put(p.uid(), request(p)));
            weigh();
            limitAll();
        });
    }

    /// What the kernel did not take is written again at the next call, and told once for the same amounts. Under
    /// [#weighing].
    private void limitAll() {
        Map<Long, Long> now = hugePages.get();
        if (pages.isEmpty() || refused.isEmpty() && now.equals(pages)) {
            return;
        }
        if (limitPages(kubepods, now,
                now.equals(refused) ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING)) {
            pages = now;
            refused = Map.of();
        } else {
            refused = now;
        }
    }

    private void weighing(Runnable change) {
        weighing.lock();
        try {
            change.run();
        } finally {
            weighing.unlock();
        }
    }

    private void weigh() {
        weigh(BURSTABLE, requests.values().stream().mapToLong(Long::longValue).sum());
        weigh(BEST_EFFORT, 0);
    }

    /// A class whose weight cannot be set runs on with the old one: no pod has to wait for that.
    private void weigh(String qos, long milliCpu) {
        try {
            driver.weigh(kubepods + qos, milliCpu);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot set CPU weight cgroup={0} error={1}", kubepods + qos,
                    e.toString());
        }
    }

    private static boolean burstable(Obj pod) {
        return ContainerResources.qosClass(pod).equals("Burstable");
    }

    /// Thousandths of a core.
    private static long request(Obj pod) {
        return ContainerResources.total(pod, "requests", ContainerResources::milliCpu);
    }

    /// Removes a pod's cgroup, whatever class the pod was of: of one that is known by its uid only nobody can tell.
    /// What still has processes stays for another time.
    /// @param uid of a pod none of whose containers runs
    public void remove(String uid) {
        weighing(() -> requests.remove(uid));
        CLASSES.forEach(qos -> driver.remove(kubepods + qos + "/" + POD + uid));
    }

    /// The uids of pods that have a cgroup. Read from the kernel, so also those an earlier kubelet left; housekeeping
    /// removes what nobody knows.
    public Set<String> present() {
        return CLASSES.stream().flatMap(qos -> driver.below(kubepods + qos).stream()).filter(n -> n.startsWith(POD))
                .map(n -> n.substring(POD.length())).collect(Collectors.toSet());
    }
}
