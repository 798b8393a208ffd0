package io.k3j.volumecontrollers;

import io.k3j.controllerkit.LiveView;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What VolumeAttachments of this controller attach, as long as the view has them. Their names are a digest of it, and
/// the PersistentVolume that they name may go before they do. Any thread; no call blocks.
final class AttachedVolumes {
    private final LiveView attachments;
    private final DesiredAttachments desired;
    /// By the names of VolumeAttachments.
    private final Map<String, AttachableVolume> volumes = new HashMap<>();
    /// The names of VolumeAttachments by the unique names of volumes.
    private final Map<String, Set<String>> names = new HashMap<>();
    /// Those of which nothing has told yet what they attach; few once PersistentVolumes are known.
    private final Set<String> unknown = new HashSet<>();

    AttachedVolumes(LiveView attachments, DesiredAttachments desired) {
        this.attachments = attachments;
        this.desired = desired;
        attachments.listen(this::change);
    }

    private synchronized void change(@Nullable Obj before, @Nullable Obj after) {
        if (after == null) {
            if (before != null) {
                forget(before.name());
            }
        } else if (before == null && AttachableVolume.looksLikeOne(after.name())) {
            unknown.add(after.name());
            learn(after, source(after));
        }
    }

    private void forget(String attachment) {
        unknown.remove(attachment);
        AttachableVolume volume = volumes.remove(attachment);
        if (volume != null) {
            names.computeIfPresent(volume.uniqueName(), (name, all) -> {
                all.remove(attachment);
                return all.isEmpty() ? null : all;
            });
        }
    }

    private Stream<AttachableVolume> source(Obj attachment) {
        return desired.volume(Attachment.volume(attachment)).flatMap(AttachableVolume::of).stream();
    }

    private void learn(Obj attachment, Stream<AttachableVolume> candidates) {
        candidates.filter(v -> v.isOf(attachment)).findFirst().ifPresent(v -> is(attachment.name(), v));
    }

    /// What a VolumeAttachment attaches, as far as anything has told.
    synchronized Optional<AttachableVolume> volume(String attachment) {
        return Optional.ofNullable(volumes.get(attachment));
    }

    /// What a VolumeAttachment attaches has become known. Of one that has gone it is not kept.
    synchronized void is(String attachment, AttachableVolume volume) {
        if (attachments.get(Key.of(attachment)).isPresent() && volumes.putIfAbsent(attachment, volume) == null) {
            unknown.remove(attachment);
            names.computeIfAbsent(volume.uniqueName(), n -> new HashSet<>()).add(attachment);
        }
    }

    /// The VolumeAttachments of a volume, whichever PersistentVolumes they name.
    synchronized List<Obj> of(AttachableVolume volume) {
        for (Obj one : found(unknown)) {
            learn(one, Stream.concat(source(one), Stream.of(volume)));
        }
        return found(names.getOrDefault(volume.uniqueName(), Set.of()));
    }

    private List<Obj> found(Set<String> some) {
        return some.stream().flatMap(name -> attachments.get(Key.of(name)).stream()).toList();
    }
}
