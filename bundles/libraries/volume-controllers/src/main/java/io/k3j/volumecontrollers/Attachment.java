package io.k3j.volumecontrollers;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Optional;

/// A VolumeAttachment of the attach-detach controller. Those that others made, under names of their own, are theirs.
///
/// @param object the VolumeAttachment
/// @param source its PersistentVolume, empty when that has gone
/// @param volume what is attached
record Attachment(Obj object, Optional<Obj> source, Optional<AttachableVolume> volume) {
    /// @param wanted the volume that is wanted under its name: where its own PersistentVolume has gone, another one
    /// that leads to the same volume says what it is
    static Attachment of(Obj object, Optional<Obj> source, Optional<AttachableVolume> wanted) {
        return new Attachment(object, source, source.isPresent() ? source.flatMap(AttachableVolume::of) : wanted);
    }

    static String node(Obj object) {
        return object.spec().text("nodeName");
    }

    static String volume(Obj object) {
        return object.spec().struct("source").text("persistentVolumeName");
    }

    String name() {
        return object.name();
    }

    /// Whether this controller made it. Without its volume only the form of the name is left to tell.
    boolean ours() {
        return volume.map(v -> v.attachmentName(node(object)).equals(name()))
                .orElse(source.isEmpty() && AttachableVolume.looksLikeOne(name()));
    }

    boolean terminating() {
        return object.terminating();
    }

    /// Whether nobody attaches it any more: external attachers leave those alone whose PersistentVolume has gone.
    boolean lost() {
        return source.isEmpty() && !attached() && !terminating();
    }

    boolean attached() {
        return object.status().flag("attached");
    }

    /// `status.attachError`, empty when there is none.
    Struct attachError() {
        return object.status().struct("attachError");
    }

    /// Whether a node has it in use, as far as its kubelet tells.
    boolean usedBy(AttachNode node) {
        return volume.map(v -> node.uses(v.uniqueName())).orElse(true);
    }
}
