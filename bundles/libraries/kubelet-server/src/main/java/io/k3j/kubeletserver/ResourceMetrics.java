package io.k3j.kubeletserver;

import io.k3j.kuberuntime.Labels;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Obj;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerUsage;
import io.k3j.nodestatus.MachineInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// `/metrics/resource`: what containers, pods and the node use, with upstream's names and labels, each with the time it
/// was measured at and containers with that of their start: metrics-server counts usage from these. See
/// <https://kubernetes.io/docs/reference/instrumentation/node-metrics/>. Any thread; blocks while the runtime is asked.
final class ResourceMetrics {
    private static final double MILLIS = 1_000;
    private final KubeletHost host;

    ResourceMetrics(KubeletHost host) {
        this.host = host;
    }

    /// What a running container of a pod uses, as the runtime measured it.
    private record Measured(Obj pod, Container container, ContainerUsage usage) {
        String[] labels() {
            return new String[] {"container", container.labels().getOrDefault(Labels.CONTAINER, container.name()),
                    "namespace", pod.namespace(), "pod", pod.name()};
        }
    }

    /// Prometheus text. The error is always 0: where the runtime fails the whole request does.
    /// @throws io.k3j.nodeapi.RuntimeFault when the runtime does not answer
    String text() {
        Map<String, ContainerUsage> usage = new HashMap<>();
        host.runtime().usage().forEach(u -> usage.put(u.id(), u));
        List<List<Measured>> pods = new ArrayList<>();
        for (HostedPod w : host.pods()) {
            List<Measured> own = new ArrayList<>();
            for (Container c : w.runtime().running()) {
                ContainerUsage u = usage.get(c.id());
                if (u != null) {
                    own.add(new Measured(w.pod(), c, u));
                }
            }
            if (!own.isEmpty()) {
                pods.add(own);
            }
        }
        MetricText text = new MetricText();
        containers(text, pods.stream().flatMap(List::stream).toList());
        node(text);
        pods(text, pods);
        return text.family("resource_scrape_error", MetricText.Type.GAUGE,
                "Whether figures of containers could not be read.").value(0)
                .family("scrape_error", MetricText.Type.GAUGE, "Deprecated, as resource_scrape_error.").value(0)
                .toString();
    }

    private static void containers(MetricText text, List<Measured> all) {
        text.family("container_cpu_usage_seconds_total", MetricText.Type.COUNTER,
                "Processor time of the container in seconds.");
        all.forEach(m -> text.value(seconds(m.usage().cpuNanos()), m.usage().at(), m.labels()));
        text.family("container_memory_working_set_bytes", MetricText.Type.GAUGE,
                "Working set of the container in bytes.");
        all.forEach(m -> text.value(m.usage().workingSetBytes(), m.usage().at(), m.labels()));
        text.family("container_start_time_seconds", MetricText.Type.GAUGE,
                "When the container started, in seconds since 1970.");
        all.stream().filter(m -> m.container().end().started().isAfter(Instant.EPOCH)).forEach(
                m -> text.value(m.container().end().started().toEpochMilli() / MILLIS, m.labels()));
    }

    private void node(MetricText text) {
        Instant now = host.clock().instant();
        text.family("node_cpu_usage_seconds_total", MetricText.Type.COUNTER, "Processor time of the node in seconds.")
                .value(seconds(NodeStats.cpu(MachineInfo.text("/proc/stat"))), now)
                .family("node_memory_working_set_bytes", MetricText.Type.GAUGE, "Working set of the node in bytes.")
                .value(MachineInfo.memory("MemTotal:") - MachineInfo.memory("MemAvailable:"), now);
    }

    /// A pod's figures are sums over its containers, measured when the last of them was.
    private static void pods(MetricText text, List<List<Measured>> pods) {
        text.family("pod_cpu_usage_seconds_total", MetricText.Type.COUNTER, "Processor time of the pod in seconds.");
        each(pods, (labels, own) -> text.value(seconds(own.stream().mapToLong(m -> m.usage().cpuNanos()).sum()),
                newest(own), labels));
        text.family("pod_memory_working_set_bytes", MetricText.Type.GAUGE, "Working set of the pod in bytes.");
        each(pods, (labels, own) -> text.value(own.stream().mapToLong(m -> m.usage().workingSetBytes()).sum(),
                newest(own), labels));
    }

    private static void each(List<List<Measured>> pods, BiConsumer<String[], List<Measured>> line) {
        pods.forEach(own -> {
            Obj pod = own.getFirst().pod();
            line.accept(new String[] {"namespace", pod.namespace(), "pod", pod.name()}, own);
        });
    }

    private static Instant newest(List<Measured> own) {
        return own.stream().map(m -> m.usage().at()).max(Instant::compareTo).orElse(Instant.EPOCH);
    }

    private static double seconds(long nanos) {
        return nanos / (double) Stats.NANOS;
    }
}
