package io.k3j.volumecontrollers;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Requeue;
import io.k3j.volumecontrollers.DesiredAttachments.Want;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Asks for volumes to be attached, and tells pods how it goes.
final class Attaching {
    /// How long an external attacher may say nothing before pods are told; upstream's wait.
    static final Duration SILENCE = Duration.ofMinutes(2);
    static final String BY_VOLUME = "volume";
    /// When a volume is looked at again that another node is just asking for.
    private static final Duration SOON = Duration.ofMillis(100);

    private final LiveView attachments;
    private final DesiredAttachments desired;
    private final AttachedVolumes attached;
    private final AttachEvents events;
    private final InstantSource clock;
    private final ExclusiveVolumes exclusive = new ExclusiveVolumes();
    /// Nodes that may wait for a volume which another one has.
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    /// @param attachments with the index [#BY_VOLUME]
    /// @param attached told of changes before this is
    /// @param clock one that never goes back
    Attaching(LiveView attachments, DesiredAttachments desired, AttachedVolumes attached, AttachEvents events,
            InstantSource clock) {
        this.attachments = attachments;
        this.desired = desired;
        this.attached = attached;
        this.events = events;
        this.clock = clock;
        attachments.listen((before, after) -> {
            if (after != null) {
                attached.volume(after.name())
                        .ifPresent(v -> exclusive.release(v.uniqueName(), Attachment.node(after)));
            }
        });
    }

    /// A node is looked at from the beginning.
    void look(String node) {
        waiting.remove(node);
    }

    /// The nodes that may have waited for the end of a VolumeAttachment. Of one whose PersistentVolume has gone, or is
    /// another volume's now, nobody knows whose volume it was, so that all are looked at that wait for any.
    List<Key> waiting(Obj attachment) {
        return desired.volume(Attachment.volume(attachment)).flatMap(AttachableVolume::of)
                .filter(v -> v.isOf(attachment)).map(desired::exclusive)
                .orElseGet(() -> waiting.stream().map(Key::of).toList());
    }

    /// Asks for a volume to be attached that has no VolumeAttachment for the node, unless it is another node's.
    Requeue begin(String node, String name, Want want, AttachProgress progress, ExpectingWriter writer) {
        AttachableVolume volume = want.volume();
        if (!volume.shared()) {
            String disk = volume.uniqueName();
            if (!exclusive.take(disk, node, clock.instant(), other -> attached(volume, other, writer))) {
                return Requeue.after(SOON);
            }
            waiting.add(node);
            Set<String> others = others(volume, node);
            if (!others.isEmpty()) {
                exclusive.release(disk, node);
                refuse(name, want, others, progress);
                return Requeue.NEVER;
            }
        }
        try {
            writer.create(BuiltinResources.VOLUME_ATTACHMENTS, volume.attachment(node));
        } catch (ApiFault fault) {
            if (fault.code() == 409) {
                // it is there, but the view does not show it yet; or it is somebody's, for another volume
                return Requeue.BACK_OFF;
            }
            if (fault.code() < 500) {
                // of what failed within the API nobody knows whether it was written
                exclusive.release(volume.uniqueName(), node);
            }
            if (progress.news(name, String.valueOf(fault.getMessage()))) {
                events.failed(want, String.valueOf(fault.getMessage()));
            }
            throw fault;
        }
        progress.well(name);
        progress.silent(name, clock.instant());
        return Requeue.after(SILENCE);
    }

    /// The other nodes that have a volume, by whichever of its PersistentVolumes, those that have gone included.
    private Set<String> others(AttachableVolume volume, String node) {
        return Stream.concat(
                desired.alike(volume).stream().flatMap(v -> attachments.by(BY_VOLUME, v.name()).stream()),
                attached.of(volume).stream())
                .map(Attachment::node).filter(n -> !n.equals(node)).collect(Collectors.toSet());
    }

    /// One under its name that names another PersistentVolume may be of the same volume.
    private static boolean attached(AttachableVolume volume, String node, ExpectingWriter writer) {
        return writer.api().find(BuiltinResources.VOLUME_ATTACHMENTS, Key.of(volume.attachmentName(node))).isPresent();
    }

    /// Told once: the end of the other VolumeAttachment makes the node due again.
    private void refuse(String name, Want want, Set<String> others, AttachProgress progress) {
        if (progress.news(name, "attached elsewhere")) {
            events.attachedElsewhere(want, desired.users(want.volume(), others));
        }
    }

    /// Follows a VolumeAttachment of a volume that is wanted.
    ///
    /// @param reported whether the node was told before that it is attached
    Requeue follow(Attachment attachment, Want want, boolean reported, AttachProgress progress) {
        String name = attachment.name();
        Struct error = attachment.attachError();
        if (attachment.terminating()) {
            progress.heard(name);
            if (progress.news(name, "deleted")) {
                events.failed(want, "volume attachment is being deleted");
            }
        } else if (attachment.attached()) {
            progress.well(name);
            if (!reported) {
                events.attached(want);
            }
        } else if (!error.isEmpty()) {
            progress.heard(name);
            if (progress.news(name, error.text("time") + " " + error.text("message"))) {
                events.failed(want, error.text("message"));
            }
        } else {
            return silence(name, want, progress);
        }
        return Requeue.NEVER;
    }

    private Requeue silence(String name, Want want, AttachProgress progress) {
        Duration left = SILENCE.minus(progress.silent(name, clock.instant()));
        if (left.isPositive()) {
            return Requeue.after(left);
        }
        progress.heard(name);
        progress.silent(name, clock.instant());
        events.timedOut(want);
        return Requeue.after(SILENCE);
    }
}
