package io.k3j.scheduler;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schedulercache.AssumedVolumes;
import io.k3j.schedulercache.DriverStorage;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.ViewedCsi;
import io.k3j.schedulercache.ViewedVolumes;
import io.k3j.schedulingqueue.QueueEvents;
import io.k3j.schedulingqueue.SchedulingQueue;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// What changes of claims, volumes, classes and CSI objects mean for pods that wait for volumes: upstream's queueing
/// hints of its plug-ins of volumes. Called on the views' threads.
record VolumeEvents(SchedulingQueue queue, AssumedVolumes volumes) {
    /// The filters that look at claims and what they are bound to.
    static final Set<String> STORAGE = Set.of(VolumeFilter.NAME, VolumeFilter.ZONE);
    private static final Set<String> LIMITS = Set.of(VolumeLimits.NAME);

    /// Follows the views.
    void listen(ViewedVolumes seen) {
        seen.claims().listen((before, after) -> stored(QueueEvents.of("PersistentVolumeClaim", before, after), before,
                after, VolumeEvents::uses));
        seen.volumes().listen((before, after) -> stored(QueueEvents.of("PersistentVolume", before, after), before,
                after, VolumeEvents::mayUse));
        seen.classes().listen(this::storageClass);
        drivers(seen.csi());
    }

    /// Drivers tell of more storage, or of more volumes that nodes may have; what is detached makes room.
    private void drivers(ViewedCsi csi) {
        csi.nodes().listen((before, after) -> {
            if (after != null && (before == null || !before.spec().equals(after.spec()))) {
                queue.changed(QueueEvents.of("storage.k8s.io/CSINode", before, after), LIMITS);
            }
        });
        csi.attached().listen((before, after) -> {
            if (after == null) {
                queue.changed(QueueEvents.of("storage.k8s.io/VolumeAttachment", before, after), LIMITS);
            }
        });
        csi.storage().listen((before, after) -> {
            if (after != null && (before == null
                    || DriverStorage.limit(after.tree()).compareTo(DriverStorage.limit(before.tree())) > 0)) {
                queue.changed(QueueEvents.of("storage.k8s.io/CSIStorageCapacity", before, after), STORAGE);
            }
        });
        csi.drivers().listen((before, after) -> {
            if (before == null || after == null || !before.spec().equals(after.spec())) {
                queue.changed(QueueEvents.of("storage.k8s.io/CSIDriver", before, after), STORAGE);
            }
        });
    }

    /// A claim or a volume, and which pods it may help.
    private void stored(String event, @Nullable Obj before, @Nullable Obj after, BiPredicate<PodInfo, Obj> helps) {
        if (after == null && before != null) {
            volumes.gone(before);
        }
        Obj now = after != null ? after : before;
        if (now != null) {
            queue.changed(event, STORAGE, waiting -> helps.test(waiting, now));
        }
    }

    private static boolean uses(PodInfo waiting, Obj claim) {
        return waiting.namespace().equals(claim.namespace()) && waiting.claims().contains(claim.name());
    }

    /// Whether a volume is nobody's, or that of one of the pod's claims.
    private static boolean mayUse(PodInfo waiting, Obj volume) {
        Struct owner = volume.spec().struct("claimRef");
        return owner.isEmpty() || waiting.namespace().equals(owner.text("namespace"))
                && waiting.claims().contains(owner.text("name"));
    }

    private void storageClass(@Nullable Obj before, @Nullable Obj after) {
        if (before == null || after == null
                || !before.tree().without("metadata").equals(after.tree().without("metadata"))) {
            queue.changed(QueueEvents.of("storage.k8s.io/StorageClass", before, after), STORAGE);
        }
    }
}
