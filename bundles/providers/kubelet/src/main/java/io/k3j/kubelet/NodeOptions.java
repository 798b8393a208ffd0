package io.k3j.kubelet;

import io.k3j.kubeletconfig.KubeletLabels;
import io.k3j.kuberuntime.Environment;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.nodestatus.MachineInfo;
import io.k3j.nodestatus.NodeDisk;
import io.k3j.nodestatus.NodeSettings;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// What the Node says of itself, by the kubelet's options.
final class NodeOptions {
    private NodeOptions() {
    }

    /// @param allocatable what pods may have
    /// @param trouble why the node is not ready whatever its runtime says
    static NodeSettings of(KubeletOptions options, KubeletSettings given, MachineInfo machine,
            NodeAllocatable allocatable, Supplier<String> trouble) {
        NodeSettings.Status status = new NodeSettings.Status(() -> options.maxPods(machine.cpus()),
                options.maxImages(), allocatable::of, heartbeat(options), trouble);
        return new NodeSettings(options.nodeName(), options.rootDir(), status, List.of(given.nodeExternalIp()),
                KubeletLabels.of(List.of(given.nodeLabel()), List.of(given.kubeletArg())), options.taints(),
                List.of(given.nodeArgs()), List.of(given.nodeEnv()), given.kubeletPort(), given.controlPlane(),
                cloud(options, given));
    }

    /// What a pod may be told of its node.
    static Environment environment(ReferencedObjects references, KubeletOptions options, MachineInfo facts,
            NodeAllocatable allocatable) {
        return new Environment(references, new Environment.Node(options.nodeName(), facts.addresses(),
                allocatable.milliCpu(), allocatable.bytes(),
                () -> allocatable.disk(NodeDisk.capacity(options.rootDir()))));
    }

    /// By `node-status-update-frequency`, and by `nodeStatusReportFrequency` and `nodeLeaseDurationSeconds` of files.
    static NodeSettings.Heartbeat heartbeat(KubeletOptions options) {
        return new NodeSettings.Heartbeat(options.statusFrequency(),
                options.duration("node-status-report-frequency", "5m"),
                Duration.ofSeconds(options.number("node-lease-duration-seconds", 40)));
    }

    /// K3s' own cloud unless it is disabled; then another one's where the kubelet is told so, as upstream's.
    private static NodeSettings.Cloud cloud(KubeletOptions options, KubeletSettings given) {
        boolean own = !given.disableCloudController();
        boolean external = options.arguments().getOrDefault("cloud-provider", "").equals("external");
        return new NodeSettings.Cloud(own, !own && external, List.of(given.nodeInternalDns()),
                List.of(given.nodeExternalDns()), options.arguments().getOrDefault("provider-id", ""));
    }
}
