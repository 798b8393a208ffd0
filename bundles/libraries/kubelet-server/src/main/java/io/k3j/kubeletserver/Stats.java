package io.k3j.kubeletserver;

import io.k3j.controllerkit.Times;
import io.k3j.kuberuntime.Labels;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerUsage;
import io.k3j.nodestatus.MachineInfo;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// `/stats/summary` and `/metrics`: what pods and node use. See
/// <https://kubernetes.io/docs/reference/instrumentation/node-metrics/>.
///
/// Any thread. The runtime is asked at each call and blocks it; what it measured may be some seconds old, and each
/// figure carries its own time. Memory is bytes, processor time nanoseconds (`usageCoreNanoSeconds`) or billionths of a
/// core (`usageNanoCores`).
final class Stats {
    /// Containers come and go under new ids; beyond this all samples are dropped and each rate is 0 once.
    private static final int MAX_REMEMBERED = 4_000;
    static final long NANOS = 1_000_000_000L;
    /// `/proc/stat` counts in ticks of `USER_HZ`, 100 a second on amd64 and arm64; see proc_stat(5).
    private static final long TICK_NANOS = NANOS / 100;
    private final KubeletHost host;
    /// The last look at each container by its id, at the node by `/`.
    private final Map<String, Sample> before = new ConcurrentHashMap<>();

    /// What was seen, and the rate that was told with it.
    private record Sample(Instant at, long cpuNanos, long rate) {
    }

    Stats(KubeletHost host) {
        this.host = host;
    }

    /// The summary API's answer. A pod without a running container is left out, as is a container of which the runtime
    /// says nothing. Figures of a pod are sums over its containers.
    /// @throws io.k3j.nodeapi.RuntimeFault when the runtime does not answer
    Struct summary() {
        Map<String, ContainerUsage> usage = new HashMap<>();
        host.runtime().usage().forEach(u -> usage.put(u.id(), u));
        List<Struct> pods = new ArrayList<>();
        for (HostedPod w : host.pods()) {
            List<Struct> containers = new ArrayList<>();
            long cpu = 0;
            long rate = 0;
            long memory = 0;
            for (Container c : w.runtime().running()) {
                ContainerUsage u = usage.get(c.id());
                if (u != null) {
                    Struct one = container(c, u);
                    containers.add(one);
                    cpu += u.cpuNanos();
                    rate += one.struct("cpu").whole("usageNanoCores", 0);
                    memory += u.workingSetBytes();
                }
            }
            if (!containers.isEmpty()) {
                pods.add(pod(w.pod(), containers, cpu, rate, memory));
            }
        }
        return Struct.of("node", node(), "pods", pods);
    }

    private Struct pod(Obj pod, List<Struct> containers, long cpu, long rate, long memory) {
        String now = Times.seconds(host.clock().instant());
        return Struct.of("podRef", Struct.of("name", pod.name(), "namespace", pod.namespace(), "uid", pod.uid()),
                "startTime", pod.status().text("startTime"), "containers", containers, "cpu",
                Struct.of("time", now, "usageNanoCores", rate, "usageCoreNanoSeconds", cpu), "memory",
                Struct.of("time", now, "usageBytes", memory, "workingSetBytes", memory));
    }

    private Struct container(Container c, ContainerUsage u) {
        String at = Times.seconds(u.at());
        return Struct.of("name", c.labels().getOrDefault(Labels.CONTAINER, c.name()), "startTime",
                Times.seconds(c.end().started()), "cpu",
                Struct.of("time", at, "usageNanoCores", rate(u.id(), u.at(), u.cpuNanos()), "usageCoreNanoSeconds",
                        u.cpuNanos()),
                "memory", Struct.of("time", at, "usageBytes", u.memoryBytes(), "workingSetBytes", u.workingSetBytes(),
                        "rssBytes", u.rssBytes()),
                "rootfs", Struct.of("time", at, "usedBytes", u.diskBytes()));
    }

    /// Nanoseconds of processor per second since the last look. Two looks less than a second apart get the same rate:
    /// the difference of two near figures says nothing. The first look is 0. A counter that went back, as that of a
    /// container that was started again, is 0 and not less.
    /// @return billionths of a core
    private long rate(String id, Instant at, long cpuNanos) {
        Sample last = before.get(id);
        long passed = last == null ? 0 : Duration.between(last.at(), at).toNanos();
        if (last != null && passed < NANOS) {
            return last.rate();
        }
        long rate = last == null ? 0
                : (long) ((double) Math.max(0, cpuNanos - last.cpuNanos()) * NANOS / passed);
        if (before.size() > MAX_REMEMBERED) {
            before.clear();
        }
        before.put(id, new Sample(at, cpuNanos, rate));
        return rate;
    }

    /// Memory as the kernel says: available is `MemAvailable`, the working set the rest. Without `fs` when the file
    /// system cannot be asked.
    private Struct node() {
        Instant now = host.clock().instant();
        String at = Times.seconds(now);
        long total = MachineInfo.memory("MemTotal:");
        long available = MachineInfo.memory("MemAvailable:");
        long cpu = nodeCpu();
        Struct.Builder b = Struct.builder().put("nodeName", host.nodeName()).put("cpu",
                Struct.of("time", at, "usageNanoCores", rate("/", now, cpu), "usageCoreNanoSeconds", cpu));
        b.put("memory", Struct.of("time", at, "availableBytes", available, "usageBytes",
                total - MachineInfo.memory("MemFree:"), "workingSetBytes", total - available));
        try {
            FileStore f = Files.getFileStore(host.rootDir());
            b.put("fs", Struct.of("time", at, "availableBytes", f.getUsableSpace(), "capacityBytes", f.getTotalSpace(),
                    "usedBytes", f.getTotalSpace() - f.getUnallocatedSpace()));
        } catch (IOException e) {
            // a node without a known disk
        }
        return b.build();
    }

    /// All processors' time that was not idle, from the first line of `/proc/stat`.
    /// @return nanoseconds since the host started; the fourth and fifth word, idle and waiting for input, are left out
    static long nodeCpu() {
        List<String> words = List.of(MachineInfo.text("/proc/stat").lines().findFirst().orElse("cpu").split(" +"));
        long ticks = 0;
        // guests' time, in the ninth word and the tenth, is in the others already
        for (int i = 1; i < Math.min(words.size(), 9); i++) {
            boolean idle = i == 4 || i == 5;
            ticks += idle ? 0 : Long.parseLong(words.get(i));
        }
        return ticks * TICK_NANOS;
    }

    /// Prometheus text of the kubelet itself. It asks neither the runtime nor the API server, so a scrape works while
    /// both are away.
    String metrics() {
        long running = host.pods().stream().filter(w -> !w.runtime().running().isEmpty()).count();
        long containers = host.pods().stream().mapToLong(w -> w.runtime().running().size()).sum();
        return new MetricText()
                .family("kubelet_running_pods", MetricText.Type.GAUGE, "Pods with a running container.")
                .value(running)
                .family("kubelet_running_containers", MetricText.Type.GAUGE, "Running containers.")
                .value(containers, "container_state", "running")
                .family("kubelet_node_name", MetricText.Type.GAUGE, "The name of the node, as a label of 1.")
                .value(1, "node", host.nodeName()).toString();
    }
}
