package io.k3j.kubeletoptions;

import io.k3j.kubeletconfig.KubeletLabels;
import io.k3j.nodestatus.MachineInfo;
import io.k3j.nodestatus.NodeSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// What the Node says of itself, by the kubelet's options.
public final class NodeOptions {
    private static final String STATUS = "node-status-update-frequency";
    private static final Duration LEAST_FREQUENCY = Duration.ofSeconds(1);

    private NodeOptions() {
    }

    /// All that the Node is made of.
    /// @param allocatable what pods may have
    /// @param trouble why the node is not ready whatever its runtime says
    public static NodeSettings of(KubeletOptions options, KubeletSettings given, MachineInfo machine,
            NodeAllocatable allocatable, Supplier<String> trouble) {
        NodeSettings.Status status = new NodeSettings.Status(() -> options.maxPods(machine.cpus()),
                options.maxImages(), allocatable::of, heartbeat(options), trouble);
        return new NodeSettings(options.nodeName(), options.rootDir(), status, List.of(given.nodeExternalIp()),
                labels(KubeletLabels.of(List.of(given.nodeLabel()), List.of(given.kubeletArg())),
                        given.egressSelectorMode()),
                options.taints(),
                List.of(given.nodeArgs()), List.of(given.nodeEnv()), given.kubeletPort(), given.controlPlane(),
                cloud(options, given));
    }

    /// Those of the flags, and that of the egress selector where servers reach pods by the node's tunnel.
    static List<String> labels(List<String> flags, String egressMode) {
        List<String> all = new ArrayList<>(flags);
        if (Set.of("cluster", "pod").contains(egressMode)) {
            all.add(NodeSettings.EGRESS + "=true");
        }
        return List.copyOf(all);
    }

    /// By `node-status-update-frequency`, and by `nodeStatusReportFrequency` and `nodeLeaseDurationSeconds` of files.
    static NodeSettings.Heartbeat heartbeat(KubeletOptions options) {
        return new NodeSettings.Heartbeat(statusFrequency(options),
                options.duration("node-status-report-frequency", "5m"),
                Duration.ofSeconds(options.number("node-lease-duration-seconds", 40)));
    }

    /// How often the node's status is made: `node-status-update-frequency`.
    static Duration statusFrequency(KubeletOptions options) {
        Duration every = options.duration(STATUS, "10s");
        if (every.compareTo(LEAST_FREQUENCY) < 0) {
            throw new IllegalArgumentException("--kubelet-arg " + STATUS + "=" + options.arguments().get(STATUS)
                    + ": it must be a second or more, as 10s");
        }
        return every;
    }

    /// K3s' own cloud unless it is disabled; then another one's where the kubelet is told so, as upstream's.
    private static NodeSettings.Cloud cloud(KubeletOptions options, KubeletSettings given) {
        boolean own = !given.disableCloudController();
        boolean external = options.arguments().getOrDefault("cloud-provider", "").equals("external");
        return new NodeSettings.Cloud(own, !own && external, List.of(given.nodeInternalDns()),
                List.of(given.nodeExternalDns()), options.arguments().getOrDefault("provider-id", ""));
    }
}
