package io.k3j.kubeletserver;

import io.k3j.kubeletvolumes.VolumeStats;
import io.k3j.metricstext.MetricText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;

/// `kubelet_volume_stats_*` of `/metrics`: what the PersistentVolumeClaims of this node's pods have and use, by the
/// figures that the summary has. See <https://kubernetes.io/docs/reference/instrumentation/metrics/>. Any thread; does
/// not block.
final class VolumeMetrics {
    private VolumeMetrics() {
    }

    private record Claimed(String namespace, String claim, VolumeStats.Usage usage) {
    }

    /// Prometheus text, empty while nothing is known of any claim.
    static String text(KubeletHost host) {
        List<Claimed> all = claims(host);
        if (all.isEmpty()) {
            return "";
        }
        MetricText text = new MetricText();
        family(text, all, "capacity_bytes", "Size of the volume in bytes.", u -> u.fileSystem().capacityBytes());
        family(text, all, "available_bytes", "Bytes of the volume that are available.",
                u -> u.fileSystem().availableBytes());
        family(text, all, "used_bytes", "Bytes of the volume in use.", u -> u.used().bytes());
        family(text, all, "inodes", "Inodes that the volume can have.", u -> u.fileSystem().inodes());
        family(text, all, "inodes_free", "Inodes of the volume that are free.", u -> u.fileSystem().inodesFree());
        family(text, all, "inodes_used", "Inodes of the volume in use.", u -> u.used().inodes());
        return text.toString();
    }

    /// A claim that several pods use is told once.
    private static List<Claimed> claims(KubeletHost host) {
        Set<String> known = new HashSet<>();
        List<Claimed> all = new ArrayList<>();
        for (HostedPod w : host.pods()) {
            String namespace = w.pod().namespace();
            for (VolumeStats.Usage u : host.volumeStats().of(w.pod().uid())) {
                u.claim().filter(c -> known.add(namespace + "/" + c))
                        .ifPresent(c -> all.add(new Claimed(namespace, c, u)));
            }
        }
        return all;
    }

    private static void family(MetricText text, List<Claimed> all, String name, String help,
            ToLongFunction<VolumeStats.Usage> value) {
        text.family("kubelet_volume_stats_" + name, MetricText.Type.GAUGE, help);
        all.forEach(c -> text.value(value.applyAsLong(c.usage()), "namespace", c.namespace(), "persistentvolumeclaim",
                c.claim()));
    }
}
