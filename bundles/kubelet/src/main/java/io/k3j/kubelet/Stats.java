package io.k3j.kubelet;

import io.k3j.componentapi.MetricText;
import io.k3j.controllerkit.Times;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerUsage;
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
import java.util.function.BiConsumer;

/// `/stats/summary` and `/metrics`: what pods and node use. See
/// <https://kubernetes.io/docs/reference/instrumentation/node-metrics/>.
final class Stats {
    private static final int MAX_REMEMBERED = 4_000;
    private static final long NANOS = 1_000_000_000L;
    private static final long TICK_NANOS = NANOS / 100;
    private final Tools tools;
    private final PodWorkers workers;
    private final Map<String, Sample> before = new ConcurrentHashMap<>();

    private record Sample(Instant at, long cpuNanos, long rate) {
    }

    Stats(Tools tools, PodWorkers workers) {
        this.tools = tools;
        this.workers = workers;
    }

    /// The summary API's answer.
    Struct summary() {
        Map<String, ContainerUsage> usage = new HashMap<>();
        tools.runtime().usage().forEach(u -> usage.put(u.id(), u));
        List<Struct> pods = new ArrayList<>();
        for (PodWorker w : workers.all()) {
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
        String now = Times.seconds(tools.clock().instant());
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

    /// Nanoseconds of processor per second since the last look.
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

    private Struct node() {
        Instant now = tools.clock().instant();
        String at = Times.seconds(now);
        long total = NodeFacts.memory("MemTotal:");
        long available = NodeFacts.memory("MemAvailable:");
        long cpu = nodeCpu();
        Struct.Builder b = Struct.builder().put("nodeName", tools.options().nodeName()).put("cpu",
                Struct.of("time", at, "usageNanoCores", rate("/", now, cpu), "usageCoreNanoSeconds", cpu));
        b.put("memory", Struct.of("time", at, "availableBytes", available, "usageBytes",
                total - NodeFacts.memory("MemFree:"), "workingSetBytes", total - available));
        try {
            FileStore f = Files.getFileStore(tools.options().rootDir());
            b.put("fs", Struct.of("time", at, "availableBytes", f.getUsableSpace(), "capacityBytes", f.getTotalSpace(),
                    "usedBytes", f.getTotalSpace() - f.getUnallocatedSpace()));
        } catch (IOException e) {
            // a node without a known disk
        }
        return b.build();
    }

    /// All processors' time that was not idle, from the first line of `/proc/stat`.
    private static long nodeCpu() {
        List<String> words = List.of(NodeFacts.text("/proc/stat").lines().findFirst().orElse("cpu").split(" +"));
        long ticks = 0;
        for (int i = 1; i < Math.min(words.size(), 9); i++) {
            boolean idle = i == 4 || i == 5;
            ticks += idle ? 0 : Long.parseLong(words.get(i));
        }
        return ticks * TICK_NANOS;
    }

    /// Prometheus text of what pods use.
    String resourceMetrics() {
        Struct all = summary();
        MetricText text = new MetricText();
        text.family("container_cpu_usage_seconds_total", MetricText.Type.COUNTER,
                "Processor time of the container in seconds.");
        each(all, (labels, container) -> text.value(seconds(container), labels));
        text.family("container_memory_working_set_bytes", MetricText.Type.GAUGE,
                "Working set of the container in bytes.");
        each(all, (labels, container) -> text.value(workingSet(container), labels));
        return text.family("node_cpu_usage_seconds_total", MetricText.Type.COUNTER,
                "Processor time of the node in seconds.").value(seconds(all.struct("node")))
                .family("node_memory_working_set_bytes", MetricText.Type.GAUGE,
                        "Working set of the node in bytes.")
                .value(workingSet(all.struct("node")))
                .family("scrape_error", MetricText.Type.GAUGE,
                        "Whether figures of containers could not be read.")
                .value(0).toString();
    }

    private static void each(Struct summary, BiConsumer<String[], Struct> line) {
        for (Struct pod : summary.seq("pods").structs()) {
            for (Struct c : pod.seq("containers").structs()) {
                Struct ref = pod.struct("podRef");
                line.accept(new String[] {"container", c.text("name"), "namespace", ref.text("namespace"), "pod",
                        ref.text("name")}, c);
            }
        }
    }

    private static long workingSet(Struct of) {
        return of.struct("memory").whole("workingSetBytes", 0);
    }

    private static double seconds(Struct of) {
        return of.struct("cpu").whole("usageCoreNanoSeconds", 0) / (double) NANOS;
    }

    /// Prometheus text of the kubelet itself.
    String metrics() {
        long running = workers.all().stream().filter(w -> !w.runtime().running().isEmpty()).count();
        long containers = workers.all().stream().mapToLong(w -> w.runtime().running().size()).sum();
        return new MetricText()
                .family("kubelet_running_pods", MetricText.Type.GAUGE, "Pods with a running container.")
                .value(running)
                .family("kubelet_running_containers", MetricText.Type.GAUGE, "Running containers.")
                .value(containers, "container_state", "running")
                .family("kubelet_node_name", MetricText.Type.GAUGE, "The name of the node, as a label of 1.")
                .value(1, "node", tools.options().nodeName()).toString();
    }
}
