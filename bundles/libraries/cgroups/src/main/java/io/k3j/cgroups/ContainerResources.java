package io.k3j.cgroups;

import io.k3j.apimachinery.Quantity;
import io.k3j.componenthelpers.ContainerAggregate;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// Requests and limits as the kernel takes them; pure. Any thread. See
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/>.
///
/// The arithmetic is that of runc and of the kubelet's `cm` package, so that a container has the same numbers under
/// either.
public final class ContainerResources {
    /// Microseconds in which a quota may be used up: the kernel's default and upstream's.
    static final long PERIOD = 100_000;
    /// Microseconds; the kernel refuses a smaller quota.
    private static final long MIN_QUOTA = 1_000;
    /// The kernel's own bounds; 1024 shares are a core.
    private static final long MIN_SHARES = 2;
    private static final long MAX_SHARES = 262_144;
    /// Upstream's `SystemCriticalPriority`; users' own classes are below.
    static final long CRITICAL = 2_000_000_000L;
    private static final Set<String> CLASSES = Set.of("Guaranteed", "Burstable", "BestEffort");
    /// What runs together adds up; of what runs one after another the largest counts.
    private static final ContainerAggregate<Long> SUM = new ContainerAggregate<>(0L, Quantity::sum, Math::max);

    private ContainerResources() {
    }

    /// Thousandths of a core, 0 when not said.
    /// @param amounts `requests` or `limits`
    public static long milliCpu(Struct amounts) {
        return amounts.has("cpu") ? Quantity.of(amounts.get("cpu")).milliValue() : 0;
    }

    /// Bytes of memory, 0 when not said.
    /// @param amounts `requests` or `limits`
    public static long memory(Struct amounts) {
        return amounts.has("memory") ? Quantity.of(amounts.get("memory")).value() : 0;
    }

    /// `Guaranteed`, `Burstable` or `BestEffort`. What the API server says is taken when it is one of these, since
    /// paths are made of it; it is computed for static pods. Resources of the whole pod, where given, decide alone.
    public static String qosClass(Obj pod) {
        String told = pod.status().text("qosClass");
        if (CLASSES.contains(told)) {
            return told;
        }
        List<Struct> all = Stream.concat(PodSpecs.initContainers(pod).stream(),
                PodSpecs.containers(pod).stream()).map(c -> c.struct("resources")).toList();
        Struct whole = pod.spec().struct("resources");
        if (!whole.isEmpty()) {
            all = List.of(whole);
        }
        boolean any = false;
        boolean guaranteed = true;
        for (Struct r : all) {
            Struct requests = r.struct("requests");
            Struct limits = r.struct("limits");
            any |= (milliCpu(requests) | memory(requests) | milliCpu(limits) | memory(limits)) > 0;
            guaranteed &= milliCpu(limits) > 0 && memory(limits) > 0
                    && (milliCpu(requests) == 0 || milliCpu(requests) == milliCpu(limits))
                    && (memory(requests) == 0 || memory(requests) == memory(limits));
        }
        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }

    /// A thousandth of a core and less are [#MIN_SHARES].
    static long shares(long milliCpu) {
        return Math.clamp(milliCpu * 1024 / 1000, MIN_SHARES, MAX_SHARES);
    }

    /// The same as [#shares] for version 2, from 1 to 10000. Upstream's conversion of shares 2 to 262144 into weights 1
    /// to 10000.
    static long weight(long milliCpu) {
        return 1 + (shares(milliCpu) - MIN_SHARES) * 9999 / (MAX_SHARES - MIN_SHARES);
    }

    /// @return microseconds per [#PERIOD], 0 for no limit
    static long quota(long milliCpu) {
        return milliCpu == 0 ? 0 : Math.max(MIN_QUOTA, milliCpu * PERIOD / 1000);
    }

    /// A container's limits as CRI's `LinuxContainerResources`. A limit that is not said is that of the pod as a whole,
    /// as upstream has it; where that has none it is left out, and the runtime sets none. Without a request the limit
    /// is the request, as the API's default has it.
    /// @param nodeMemory bytes
    public static Struct linux(Obj pod, Struct container, long nodeMemory) {
        Struct resources = container.struct("resources");
        Struct requests = resources.struct("requests");
        Struct limits = resources.struct("limits");
        long cpu = requests.has("cpu") ? milliCpu(requests) : milliCpu(limits);
        Struct.Builder b = Struct.builder().put("cpuPeriod", PERIOD).put("cpuShares", shares(cpu))
                .put("oomScoreAdj", oomScore(pod, requests, nodeMemory));
        Struct ofPod = pod.spec().struct("resources").struct("limits");
        if (limits.has("cpu") || milliCpu(ofPod) > 0) {
            b.put("cpuQuota", quota(milliCpu(limits.has("cpu") ? limits : ofPod)));
        }
        if (limits.has("memory") || memory(ofPod) > 0) {
            b.put("memoryLimitInBytes", memory(limits.has("memory") ? limits : ofPod));
        }
        return b.build();
    }

    /// The same with what the kernel is told of memory besides the limit.
    public static Struct linux(Obj pod, Struct container, long nodeMemory, MemoryControl control) {
        return control.applied(linux(pod, container, nodeMemory), pod, container, nodeMemory);
    }

    /// How soon the kernel kills a container for memory. `oom_score_adj` by class, see
    /// <https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/>: a burstable container that
    /// asks for much memory goes later; never before a guaranteed one, never after a best-effort one.
    /// @return -997 to 1000
    static long oomScore(Obj pod, Struct requests, long nodeMemory) {
        if (nodeCritical(pod)) {
            return -997;
        }
        return switch (qosClass(pod)) {
            case "Guaranteed" -> -997;
            case "BestEffort" -> 1000;
            default -> Math.clamp(1000 - 1000 * memory(requests) / Math.max(1, nodeMemory), 3, 999);
        };
    }

    /// Upstream's `IsNodeCriticalPod`: the priority alone is not enough, since `system-cluster-critical` is as high,
    /// whose pods can run on another node. No admission sets a static pod's priority.
    private static boolean nodeCritical(Obj pod) {
        return pod.spec().text("priorityClassName").equals("system-node-critical")
                && (pod.spec().whole("priority", 0) >= CRITICAL || PodSpecs.isStatic(pod));
    }

    /// Sum of what a pod's containers ask for, or may use: running ones together, init ones at most. What the pod says
    /// for itself as a whole wins. `overhead` is what the RuntimeClass needs beside the containers.
    /// @param which `requests` or `limits`; of limits 0 when any container has none
    /// @param amount [#milliCpu] or [#memory]
    /// @return in the unit of `amount`
    public static long total(Obj pod, String which, ToLongFunction<Struct> amount) {
        long whole = amount.applyAsLong(pod.spec().struct("resources").struct(which));
        if (whole > 0) {
            return whole;
        }
        Function<Struct, Long> own = c -> amount.applyAsLong(c.struct("resources").struct(which));
        boolean unlimited = which.equals("limits") && Stream.concat(PodSpecs.containers(pod).stream(),
                PodSpecs.initContainers(pod).stream()).anyMatch(c -> own.apply(c) == 0);
        return unlimited ? 0 : Quantity.sum(SUM.of(pod.spec(), own),
                amount.applyAsLong(pod.spec().struct("overhead")));
    }

    /// The same of what is requested as it is limited, as huge pages. Where only one of both is said it counts, as in
    /// static pods, which nobody has given defaults.
    static long exact(Obj pod, ToLongFunction<Struct> amount) {
        ToLongFunction<Struct> own = resources -> Math.max(amount.applyAsLong(resources.struct("requests")),
                amount.applyAsLong(resources.struct("limits")));
        long whole = own.applyAsLong(pod.spec().struct("resources"));
        return whole > 0 ? whole : Quantity.sum(SUM.of(pod.spec(), c -> own.applyAsLong(c.struct("resources"))),
                amount.applyAsLong(pod.spec().struct("overhead")));
    }
}
