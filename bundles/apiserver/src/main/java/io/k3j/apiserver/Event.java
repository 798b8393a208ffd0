package io.k3j.apiserver;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One step of the log: what a key was before, what it is after, and the picture of everything right
/// after. `before` is null for a creation, `after` for a deletion.
final class Event {
    private final long revision;
    private final @Nullable Item before;
    private final @Nullable Item after;
    private final SnapshotTree<Item> tree;
    private volatile @Nullable ConcurrentHashMap<Object, byte[]> frames;

    Event(long revision, @Nullable Item before, @Nullable Item after, SnapshotTree<Item> tree) {
        this.revision = revision;
        this.before = before;
        this.after = after;
        this.tree = tree;
    }

    long revision() {
        return revision;
    }

    @Nullable
    Item before() {
        return before;
    }

    @Nullable
    Item after() {
        return after;
    }

    /// The newer of the two versions.
    Item newest() {
        Item newer = after == null ? before : after;
        if (newer == null) {
            throw new IllegalStateException("an event without any version");
        }
        return newer;
    }

    SnapshotTree<Item> tree() {
        return tree;
    }

    /// Roughly how many bytes the log keeps for this event.
    int weight() {
        return 256 + newest().bytes().length;
    }

    /// The bytes sent for this event in one form, made once and shared by every watcher of that form.
    byte[] frame(Object form, Supplier<byte[]> maker) {
        ConcurrentHashMap<Object, byte[]> known = frames;
        if (known == null) {
            known = new ConcurrentHashMap<>(2);
            frames = known;
        }
        return known.computeIfAbsent(form, f -> maker.get());
    }

    /// Forgets what was made for sending: everybody has been told.
    void forgetFrames() {
        frames = null;
    }
}
