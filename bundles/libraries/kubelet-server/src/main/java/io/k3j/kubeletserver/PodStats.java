package io.k3j.kubeletserver;

import io.k3j.controllerkit.Times;
import io.k3j.kubeletvolumes.DiskUsage;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerUsage;
import io.k3j.nodeapi.Sandbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The pods of one summary. One thread. A pod's figures are sums over its containers, but for its network and its
/// storage.
final class PodStats {
    private final KubeletHost host;
    private final CpuRates rates;
    private final PodStorage storage;
    private final Map<String, Sandbox.Usage> sandboxes;
    private final Map<String, ContainerUsage> usage = new HashMap<>();
    private ResourceUse all = ResourceUse.NONE;

    /// Asks the runtime.
    /// @param sandboxes what they have used, by their ids
    /// @throws io.k3j.nodeapi.RuntimeFault when the runtime does not answer
    PodStats(KubeletHost host, CpuRates rates, DiskUsage disk, Map<String, Sandbox.Usage> sandboxes) {
        this.host = host;
        this.rates = rates;
        this.sandboxes = sandboxes;
        storage = new PodStorage(host, disk);
        host.runtime().usage().forEach(u -> usage.put(u.id(), u));
    }

    /// A pod without a running container is left out, as is a container of which the runtime says nothing.
    Optional<Struct> of(HostedPod hosted) throws InterruptedException {
        Obj pod = hosted.pod();
        List<Struct> containers = new ArrayList<>();
        List<PodStorage.Container> stored = new ArrayList<>();
        ResourceUse sum = ResourceUse.NONE;
        for (Container c : hosted.runtime().running()) {
            ContainerUsage u = usage.get(c.id());
            if (u != null) {
                String name = c.labels().getOrDefault(Labels.CONTAINER, c.name());
                PodStorage.Container disk = storage.container(pod, name, u);
                ResourceUse used = ResourceUse.of(u, rates.rate(u.id(), u.at(), u.cpuNanos()));
                sum = sum.plus(used);
                stored.add(disk);
                containers.add(used.told(u.at()).put("name", name)
                        .put("startTime", Times.seconds(c.end().started())).put("rootfs", disk.rootfs())
                        .put("logs", disk.logs()).build());
            }
        }
        if (containers.isEmpty()) {
            return Optional.empty();
        }
        all = all.plus(sum);
        Struct.Builder b = sum.told(host.clock().instant()).put("podRef",
                Struct.of("name", pod.name(), "namespace", pod.namespace(), "uid", pod.uid()))
                .put("startTime", pod.status().text("startTime")).put("containers", containers)
                .put("ephemeral-storage", storage.ephemeral(pod, stored))
                .putUnlessEmpty("volume", storage.volumes(pod));
        hosted.runtime().ready().map(s -> sandboxes.get(s.id())).ifPresent(s -> sandbox(b, pod, s));
        return Optional.of(b.build());
    }

    /// A pod on the host's network has none of its own: what passes there is the node's.
    private static void sandbox(Struct.Builder b, Obj pod, Sandbox.Usage s) {
        if (!PodSpecs.hostNetwork(pod)) {
            NetworkStats.pod(s).ifPresent(n -> b.put("network", n));
        }
        s.processes().ifPresent(n -> b.put("process_stats", Struct.of("process_count", n)));
    }

    /// All pods so far, as upstream's system container `pods`.
    Struct all() {
        return all.unlimited().told(host.clock().instant()).put("name", "pods").build();
    }
}
