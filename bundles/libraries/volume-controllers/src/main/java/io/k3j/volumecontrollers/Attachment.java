package io.k3j.volumecontrollers;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Optional;
import java.util.stream.Stream;

/// A VolumeAttachment of the attach-detach controller. Those that others made, under names of their own, are theirs.
///
/// @param object the VolumeAttachment
/// @param source its PersistentVolume, empty when that has gone, or is another volume's now
/// @param volume what is attached, empty where nothing tells it any more
record Attachment(Obj object, Optional<Obj> source, Optional<AttachableVolume> volume) {
    /// @param source the PersistentVolume that it names
    /// @param others what may be attached where that is gone
    static Attachment of(Obj object, Optional<Obj> source, Stream<AttachableVolume> others) {
        Optional<AttachableVolume> named = source.flatMap(AttachableVolume::of).filter(v -> v.isOf(object));
        if (named.isPresent()) {
            return new Attachment(object, source, named);
        }
        Optional<AttachableVolume> other = others.filter(v -> v.isOf(object)).findFirst();
        return new Attachment(object, other.isPresent() ? Optional.empty() : source, other);
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
        return volume.isPresent() || source.isEmpty() && AttachableVolume.looksLikeOne(name());
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

    /// Whether nobody can say whether a node uses it: it is attached, and nothing tells which volume it is.
    boolean unknown() {
        return volume.isEmpty() && attached();
    }

    /// Whether a node has it in use, as far as its kubelet tells.
    boolean usedBy(AttachNode node) {
        return volume.map(v -> node.uses(v.uniqueName())).orElse(attached() || node.object().isEmpty());
    }
}
