package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.model.Quantity;
import io.k3j.model.Struct;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// Requests and limits as the kernel takes them; pure. See
/// <https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/>.
final class Amounts {
    static final long PERIOD = 100_000;
    private static final long MIN_QUOTA = 1_000;
    private static final long MIN_SHARES = 2;
    private static final long MAX_SHARES = 262_144;

    private Amounts() {
    }

    /// Thousandths of a core, 0 when not said.
    static long milliCpu(Struct amounts) {
        return amounts.has("cpu") ? Quantity.of(amounts.get("cpu")).milliValue() : 0;
    }

    /// Bytes of memory, 0 when not said.
    static long memory(Struct amounts) {
        return amounts.has("memory") ? Quantity.of(amounts.get("memory")).value() : 0;
    }

    /// `Guaranteed`, `Burstable` or `BestEffort`.
    static String qosClass(Obj pod) {
        String told = pod.status().text("qosClass");
        if (!told.isEmpty()) {
            return told;
        }
        List<Struct> all = Stream.concat(Pods.initContainers(pod).stream(),
                Pods.containers(pod).stream()).map(c -> c.struct("resources")).toList();
        Struct whole = pod.spec().struct("resources");
        if (!whole.isEmpty()) {
            all = List.of(whole);
        }
        boolean any = false;
        boolean guaranteed = true;
        for (Struct r : all) {
            Struct requests = r.struct("requests");
            Struct limits = r.struct("limits");
            any |= milliCpu(requests) + memory(requests) + milliCpu(limits) + memory(limits) > 0;
            guaranteed &= milliCpu(limits) > 0 && memory(limits) > 0
                    && (milliCpu(requests) == 0 || milliCpu(requests) == milliCpu(limits))
                    && (memory(requests) == 0 || memory(requests) == memory(limits));
        }
        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }

    static long shares(long milliCpu) {
        return Math.clamp(milliCpu * 1024 / 1000, MIN_SHARES, MAX_SHARES);
    }

    /// The same as [#shares] for version 2, from 1 to 10000.
    static long weight(long milliCpu) {
        return 1 + (shares(milliCpu) - MIN_SHARES) * 9999 / (MAX_SHARES - MIN_SHARES);
    }

    static long quota(long milliCpu) {
        return milliCpu == 0 ? 0 : Math.max(MIN_QUOTA, milliCpu * PERIOD / 1000);
    }

    /// A container's limits as CRI's `LinuxContainerResources`.
    static Struct linux(Obj pod, Struct container, long nodeMemory) {
        Struct resources = container.struct("resources");
        Struct requests = resources.struct("requests");
        Struct limits = resources.struct("limits");
        long cpu = requests.has("cpu") ? milliCpu(requests) : milliCpu(limits);
        Struct.Builder b = Struct.builder().put("cpuPeriod", PERIOD).put("cpuShares", shares(cpu))
                .put("oomScoreAdj", oomScore(pod, requests, nodeMemory));
        if (limits.has("cpu")) {
            b.put("cpuQuota", quota(milliCpu(limits)));
        }
        if (limits.has("memory")) {
            b.put("memoryLimitInBytes", memory(limits));
        }
        return b.build();
    }

    /// How soon the kernel kills a container for memory.
    static long oomScore(Obj pod, Struct requests, long nodeMemory) {
        if (pod.spec().whole("priority", 0) >= 2_000_000_000L) {
            return -997;
        }
        return switch (qosClass(pod)) {
            case "Guaranteed" -> -997;
            case "BestEffort" -> 1000;
            default -> Math.clamp(1000 - 1000 * memory(requests) / Math.max(1, nodeMemory), 3, 999);
        };
    }

    /// Sum of what a pod's containers ask for, or may use: running ones together, init ones at most.
    static long total(Obj pod, String which, ToLongFunction<Struct> amount) {
        long whole = amount.applyAsLong(pod.spec().struct("resources").struct(which));
        if (whole > 0) {
            return whole;
        }
        long sum = 0;
        for (Struct c : Pods.containers(pod)) {
            long one = amount.applyAsLong(c.struct("resources").struct(which));
            if (one == 0 && which.equals("limits")) {
                return 0;
            }
            sum += one;
        }
        long sidecars = 0;
        long most = 0;
        for (Struct c : Pods.initContainers(pod)) {
            long one = amount.applyAsLong(c.struct("resources").struct(which));
            if (one == 0 && which.equals("limits")) {
                return 0;
            }
            sidecars += Pods.sidecar(c) ? one : 0;
            most = Math.max(most, Pods.sidecar(c) ? sidecars : sidecars + one);
        }
        long overhead = amount.applyAsLong(pod.spec().struct("overhead"));
        return Math.max(sum + sidecars, most) + overhead;
    }
}
