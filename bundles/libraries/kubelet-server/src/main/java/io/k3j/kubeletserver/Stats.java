package io.k3j.kubeletserver;

import io.k3j.controllerkit.Times;
import io.k3j.kuberuntime.Labels;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerUsage;
import io.k3j.nodestatus.MachineInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongBiFunction;

/// `/stats/summary` and `/metrics`: what pods and node use. See
/// <https://kubernetes.io/docs/reference/instrumentation/node-metrics/>.
///
/// Any thread. The runtime is asked at each call and blocks it; what it measured may be some seconds old, and each
/// figure carries its own time. Memory is bytes, processor time nanoseconds (`usageCoreNanoSeconds`) or billionths of a
/// core (`usageNanoCores`).
final class Stats {
    static final long NANOS = CpuRates.NANOS;
    private final KubeletHost host;
    private final CpuRates rates = new CpuRates();
    private final NodeStats node = new NodeStats(MachineInfo::text, rates);

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
            long rss = 0;
            for (Container c : w.runtime().running()) {
                ContainerUsage u = usage.get(c.id());
                if (u != null) {
                    Struct one = container(c, u);
                    containers.add(one);
                    cpu += u.cpuNanos();
                    rate += one.struct("cpu").whole("usageNanoCores", 0);
                    memory += u.workingSetBytes();
                    rss += u.rssBytes();
                }
            }
            if (!containers.isEmpty()) {
                pods.add(pod(w.pod(), containers, used(cpu, rate, memory, rss)));
            }
        }
        return Struct.of("node", node.of(host.nodeName(), host.clock().instant(), host.rootDir(), sum(pods)), "pods",
                pods);
    }

    private Struct used(long cpu, long rate, long memory, long rss) {
        String now = Times.seconds(host.clock().instant());
        return Struct.of("cpu", Struct.of("time", now, "usageNanoCores", rate, "usageCoreNanoSeconds", cpu), "memory",
                Struct.of("time", now, "usageBytes", memory, "workingSetBytes", memory, "rssBytes", rss));
    }

    /// All pods together.
    private Struct sum(List<Struct> pods) {
        ToLongBiFunction<String, String> total = (kind, field) -> pods.stream()
                .mapToLong(p -> p.struct(kind).whole(field, 0)).sum();
        return used(total.applyAsLong("cpu", "usageCoreNanoSeconds"), total.applyAsLong("cpu", "usageNanoCores"),
                total.applyAsLong("memory", "workingSetBytes"), total.applyAsLong("memory", "rssBytes"));
    }

    private static Struct pod(Obj pod, List<Struct> containers, Struct used) {
        return Struct.of("podRef", Struct.of("name", pod.name(), "namespace", pod.namespace(), "uid", pod.uid()),
                "startTime", pod.status().text("startTime"), "containers", containers, "cpu", used.struct("cpu"),
                "memory", used.struct("memory"));
    }

    private Struct container(Container c, ContainerUsage u) {
        String at = Times.seconds(u.at());
        return Struct.of("name", c.labels().getOrDefault(Labels.CONTAINER, c.name()), "startTime",
                Times.seconds(c.end().started()), "cpu",
                Struct.of("time", at, "usageNanoCores", rates.rate(u.id(), u.at(), u.cpuNanos()),
                        "usageCoreNanoSeconds",
                        u.cpuNanos()),
                "memory", Struct.of("time", at, "usageBytes", u.memoryBytes(), "workingSetBytes", u.workingSetBytes(),
                        "rssBytes", u.rssBytes()),
                "rootfs", Struct.of("time", at, "usedBytes", u.diskBytes()));
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
