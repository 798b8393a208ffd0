package io.k3j.scheduler;

import io.k3j.controllerkit.VolumeMatch;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schedulercache.ClaimedVolumes;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Keeps nodes from getting more volumes of a CSI driver than can be attached to them, which their CSINode tells:
/// <https://kubernetes.io/docs/concepts/storage/storage-limits/#dynamic-volume-limits>. A volume counts once for all
/// pods that use it, also when it is attached and no pod uses it any more.
final class VolumeLimits implements Filter {
    static final String NAME = "NodeVolumeLimits";
    private static final Rejection FULL = Rejection.soft(NAME, "node(s) exceed max volume count");

    private final Map<String, Set<String>> wanted;
    private final ClaimedVolumes volumes;

    private VolumeLimits(Map<String, Set<String>> wanted, ClaimedVolumes volumes) {
        this.wanted = wanted;
        this.volumes = volumes;
    }

    /// Null when the pod needs no volumes that drivers make.
    static @Nullable Filter of(PodInfo pod, ClaimedVolumes volumes) {
        Map<String, Set<String>> wanted = new HashMap<>();
        add(wanted, pod, volumes);
        return wanted.isEmpty() ? null : new VolumeLimits(wanted, volumes);
    }

    @Override
    public String plugin() {
        return NAME;
    }

    @Override
    public @Nullable Rejection reject(NodeState node) {
        Optional<Obj> limits = volumes.csi().node(node.name());
        if (limits.isEmpty()) {
            return null;
        }
        @Nullable
        Map<String, Set<String>> there = null;
        for (Struct driver : limits.get().spec().seq("drivers").structs()) {
            Set<String> more = wanted.getOrDefault(driver.text("name"), Set.of());
            Struct allocatable = driver.struct("allocatable");
            if (more.isEmpty() || !allocatable.has("count")) {
                continue;
            }
            there = there == null ? there(node) : there;
            Set<String> all = new HashSet<>(there.getOrDefault(driver.text("name"), Set.of()));
            if (all.addAll(more) && all.size() > allocatable.whole("count", 0)) {
                return FULL;
            }
        }
        return null;
    }

    /// The volumes of a node's pods, and those that are attached to it, by driver.
    private Map<String, Set<String>> there(NodeState node) {
        Map<String, Set<String>> all = new HashMap<>();
        for (PodInfo pod : node.pods()) {
            add(all, pod, volumes);
        }
        for (Obj attachment : volumes.csi().attachments(node.name())) {
            volumes.volume(attachment.spec().struct("source").text("persistentVolumeName"))
                    .ifPresent(v -> bound(all, v));
        }
        return all;
    }

    private static void add(Map<String, Set<String>> all, PodInfo pod, ClaimedVolumes volumes) {
        for (String name : pod.claims()) {
            Key key = new Key(pod.namespace(), name);
            volumes.claim(key).ifPresent(claim -> {
                String volume = claim.spec().text("volumeName");
                volumes.volume(volume).ifPresentOrElse(v -> bound(all, v), () -> coming(all, key, claim, volumes));
            });
        }
    }

    private static void bound(Map<String, Set<String>> all, Obj volume) {
        Struct csi = volume.spec().struct("csi");
        if (!csi.isEmpty()) {
            all.computeIfAbsent(csi.text("driver"), d -> new HashSet<>()).add(csi.text("volumeHandle"));
        }
    }

    /// A volume that is to be made will be one more of the provisioner of its class. Its claim stands for it; no handle
    /// is told from another by its form, so that a blank, which no namespace has, keeps them apart.
    private static void coming(Map<String, Set<String>> all, Key key, Obj claim, ClaimedVolumes volumes) {
        volumes.storageClass(VolumeMatch.className(claim)).map(c -> c.tree().text("provisioner"))
                .filter(p -> !p.isEmpty())
                .ifPresent(p -> all.computeIfAbsent(p, d -> new HashSet<>()).add("claim " + key));
    }
}
