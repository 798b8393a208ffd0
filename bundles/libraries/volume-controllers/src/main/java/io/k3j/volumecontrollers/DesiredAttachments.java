package io.k3j.volumecontrollers;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Pods;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which volumes are to be attached to a node, by the pods that are bound to it: upstream's desired state of the world.
/// A pod counts until it has ended, also while it is being deleted. Reads views only; any thread.
final class DesiredAttachments {
    private static final String BY_NODE = "attach";
    private static final String BY_UNIQUE_NAME = "attachable";

    private final LiveView pods;
    private final LiveView claims;
    private final LiveView volumes;
    private final LiveView drivers;

    /// A volume, and the pods that want it on the node.
    record Want(AttachableVolume volume, List<Obj> pods) {
    }

    /// What a node is to have.
    ///
    /// @param wants by the name of the VolumeAttachment
    /// @param claims that pods of the node use
    record OnNode(Map<String, Want> wants, Set<Key> claims) {
    }

    DesiredAttachments(LiveViews views) {
        this.pods = StorageProtection.indexedByClaim(views.of(BuiltinResources.PODS)).index(BY_NODE,
                p -> Pods.node(p).isEmpty() || !usesClaims(p) ? List.of() : List.of(Pods.node(p)));
        this.claims = views.of(BuiltinResources.PERSISTENT_VOLUME_CLAIMS);
        this.volumes = views.of(BuiltinResources.PERSISTENT_VOLUMES).index(BY_UNIQUE_NAME,
                v -> AttachableVolume.of(v).stream().map(AttachableVolume::uniqueName).toList());
        this.drivers = views.of(BuiltinResources.CSI_DRIVERS);
    }

    /// Makes the nodes due that a change of pods, claims, volumes or drivers concerns.
    void feed(Controller loop, LiveView nodes) {
        loop.reads(pods, claims, volumes, drivers);
        pods.listen((before, after) -> {
            if (before == null || after == null || ended(before) != ended(after)
                    || !Pods.node(before).equals(Pods.node(after))) {
                pod(before, loop);
                pod(after, loop);
            }
        });
        claims.listen((before, after) -> {
            if (before == null || after == null || !binding(before).equals(binding(after))) {
                Obj one = after != null ? after : before;
                nodes(one == null ? Struct.EMPTY : one.metadata()).forEach(loop.queue()::add);
            }
        });
        volumes.listen((before, after) -> {
            if (before == null || after == null || !owner(before).equals(owner(after))) {
                Obj one = after != null ? after : before;
                nodes(one == null ? Struct.EMPTY : owner(one)).forEach(loop.queue()::add);
            }
        });
        drivers.listen((before, after) -> {
            if (required(before) != required(after)) {
                nodes.list().forEach(n -> loop.queue().add(n.key()));
            }
        });
    }

    private static void pod(@Nullable Obj pod, Controller loop) {
        if (pod != null && !Pods.node(pod).isEmpty() && usesClaims(pod)) {
            loop.queue().add(Key.of(Pods.node(pod)));
        }
    }

    private static String binding(Obj claim) {
        return claim.status().text("phase") + " " + claim.spec().text("volumeName");
    }

    private static Struct owner(Obj volume) {
        return volume.spec().struct("claimRef");
    }

    /// A driver that has not said otherwise wants its volumes attached, also one without a CSIDriver.
    private static boolean required(@Nullable Obj driver) {
        return driver == null || driver.spec().flag("attachRequired", true);
    }

    /// A volume by its name.
    Optional<Obj> volume(String name) {
        return volumes.get(Key.of(name));
    }

    /// The PersistentVolumes that lead to the same volume of a driver: people make several for one disk, and what is
    /// attached is the disk.
    List<Obj> alike(AttachableVolume volume) {
        return volumes.by(BY_UNIQUE_NAME, volume.uniqueName());
    }

    private static boolean usesClaims(Obj pod) {
        return pod.spec().seq("volumes").structs().stream().anyMatch(v -> !StorageProtection.claim(pod, v).isEmpty());
    }

    /// Whether a pod needs its volumes no more, as upstream's `IsPodTerminated`: it has ended, or is being deleted and
    /// no container of it runs.
    static boolean ended(Obj pod) {
        return Pods.finished(pod) || pod.terminating() && pod.status().seq("containerStatuses").structs().stream()
                .map(s -> s.struct("state")).allMatch(s -> s.has("terminated") || s.has("waiting"));
    }

    /// @param keepsTerminated whether pods that have ended count, too
    OnNode on(String node, boolean keepsTerminated) {
        OnNode all = new OnNode(new TreeMap<>(), new HashSet<>());
        for (Obj pod : pods.by(BY_NODE, node)) {
            if (keepsTerminated || !ended(pod)) {
                sources(pod).forEach((claim, source) -> add(all, node, pod, claim, source));
            }
        }
        return all;
    }

    /// Whether a volume is still used on a node, by what its PersistentVolumes say of their claims themselves: what a
    /// pod has stays attached, though the claim cannot be found any more.
    boolean keeps(OnNode on, AttachableVolume volume) {
        return alike(volume).stream().anyMatch(v -> keeps(on, v));
    }

    /// Whether a claim that pods of a node use is bound to a PersistentVolume of a name, be that there or not.
    boolean keeps(OnNode on, String volume) {
        return on.claims().stream().flatMap(c -> claims.get(c).stream())
                .anyMatch(c -> c.spec().text("volumeName").equals(volume));
    }

    private boolean keeps(OnNode on, Obj volume) {
        Struct ref = owner(volume);
        Key claim = new Key(ref.text("namespace"), ref.text("name"));
        return on.claims().contains(claim)
                && claims.get(claim).map(c -> c.uid().equals(ref.text("uid"))).orElse(true);
    }

    /// The pods that use a volume on some nodes, by whatever claim, and have not ended.
    List<Obj> users(AttachableVolume volume, Set<String> nodes) {
        return alike(volume).stream().flatMap(v -> users(owner(v)).stream())
                .filter(p -> nodes.contains(Pods.node(p)) && !ended(p)).distinct().toList();
    }

    /// The nodes of the pods that use a volume by a PersistentVolume that only one node may have.
    List<Key> exclusive(AttachableVolume volume) {
        return alike(volume).stream().filter(v -> AttachableVolume.of(v).filter(a -> !a.shared()).isPresent())
                .flatMap(v -> nodes(owner(v)).stream()).distinct().toList();
    }

    private List<Key> nodes(Struct claim) {
        return users(claim).stream().map(Pods::node).filter(n -> !n.isEmpty()).distinct().map(Key::of).toList();
    }

    /// @param claim with its `namespace` and `name`
    private List<Obj> users(Struct claim) {
        Key key = new Key(claim.text("namespace"), claim.text("name"));
        return pods.by(StorageProtection.BY_CLAIM, key.toString());
    }

    private static Map<Key, Struct> sources(Obj pod) {
        Map<Key, Struct> all = new LinkedHashMap<>();
        for (Struct source : pod.spec().seq("volumes").structs()) {
            String claim = StorageProtection.claim(pod, source);
            if (!claim.isEmpty()) {
                all.putIfAbsent(new Key(pod.namespace(), claim), source);
            }
        }
        return all;
    }

    private void add(OnNode all, String node, Obj pod, Key claim, Struct source) {
        all.claims().add(claim);
        claims.get(claim).filter(c -> !source.has("ephemeral") || Owners.controls(pod, c)).flatMap(this::boundVolume)
                .flatMap(AttachableVolume::of).filter(this::needsAttaching)
                .ifPresent(v -> all.wants()
                        .computeIfAbsent(v.attachmentName(node), n -> new Want(v, new ArrayList<>())).pods().add(pod));
    }

    /// The volume that a claim is bound to, when both say so.
    private Optional<Obj> boundVolume(Obj claim) {
        return claim.status().text("phase").equals("Bound")
                ? volumes.get(Key.of(claim.spec().text("volumeName")))
                        .filter(v -> owner(v).text("uid").equals(claim.uid()))
                : Optional.empty();
    }

    private boolean needsAttaching(AttachableVolume volume) {
        return required(drivers.get(Key.of(volume.driver())).orElse(null));
    }
}
