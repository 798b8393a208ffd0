package io.k3j.kubeletserver;

import io.k3j.kubeletvolumes.DiskUsage;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ImageStore;
import io.k3j.nodestatus.MachineInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// `/stats/summary` and `/metrics`: what pods and node use. See
/// <https://kubernetes.io/docs/reference/instrumentation/node-metrics/>.
///
/// Any thread. The runtime is asked at each call and blocks it; what it measured may be some seconds old, what volumes
/// take a minute, and each figure carries its own time. Memory is bytes, processor time nanoseconds
/// (`usageCoreNanoSeconds`) or billionths of a core (`usageNanoCores`).
final class Stats {
    static final long NANOS = CpuRates.NANOS;
    private final KubeletHost host;
    private final CpuRates rates = new CpuRates();
    private final DiskUsage disk = new DiskUsage();
    private final NodeStats node = new NodeStats(MachineInfo::text, rates, disk);
    private final NetworkStats networks;

    Stats(KubeletHost host) {
        this.host = host;
        networks = new NetworkStats(host.runtime(), MachineInfo::text, Path.of("/sys/fs/cgroup"),
                host.clock().monotonic());
    }

    /// The summary API's answer.
    /// @throws io.k3j.nodeapi.RuntimeFault when the runtime does not answer
    Struct summary() throws InterruptedException {
        PodStats pods = new PodStats(host, rates, disk, networks.bySandbox());
        List<Struct> all = new ArrayList<>();
        for (HostedPod w : host.pods()) {
            pods.of(w).ifPresent(all::add);
        }
        Struct told = node.of(host.nodeName(), host.clock().instant(), host.rootDir(), host.runtime().pid(),
                pods.all());
        return Struct.of("node", images().map(i -> told.with("runtime", i)).orElse(told), "pods", all);
    }

    /// The file system of images, which is that of the containers' layers too.
    private Optional<Struct> images() {
        ImageStore.Disk images = host.runtime().images().disk();
        try {
            Struct one = FsStats.of(host.clock().instant(), disk.fileSystem(Path.of(images.path())),
                    new DiskUsage.Used(images.usedBytes(), images.inodesUsed()));
            return Optional.of(Struct.of("imageFs", one, "containerFs", one));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Prometheus text of the kubelet itself and of the claims its pods use. It asks neither the runtime nor the API
    /// server, so a scrape works while both are away.
    String metrics() {
        long running = host.pods().stream().filter(w -> w.runtime().ready().isPresent()).count();
        Map<String, Long> containers = new TreeMap<>(Map.of("running", 0L));
        host.pods().stream().flatMap(w -> w.runtime().all().stream())
                .forEach(c -> containers.merge(c.state().name().toLowerCase(Locale.ROOT), 1L, Long::sum));
        MetricText text = new MetricText()
                .family("kubelet_running_pods", MetricText.Type.GAUGE,
                        "Number of pods that have a running pod sandbox")
                .value(running)
                .family("kubelet_running_containers", MetricText.Type.GAUGE,
                        "Number of containers currently running");
        containers.forEach((state, count) -> text.value(count, "container_state", state));
        return text.family("kubelet_node_name", MetricText.Type.GAUGE, "The name of the node, as a label of 1.")
                .value(1, "node", host.nodeName()).toString() + VolumeMetrics.text(host);
    }
}
