package io.k3j.watchcache;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One step of the log: what a key was before and what it is after. `before` is null for a creation, `after` for a
/// deletion. Never changed but for what is made of it for sending; any thread.
///
/// A watch tells it as ADDED, MODIFIED or DELETED depending on whether either version is selected (Kubernetes API
/// Concepts, Efficient detection of changes), which is why both are kept.
public final class Event {
    /// Stands for "everybody has been told": frames are no longer kept. Its form is nobody's.
    private static final Frame TOLD = new Frame(new Object(), new byte[0], null);
    private final long revision;
    private final @Nullable Item before;
    private final @Nullable Item after;
    private volatile @Nullable Frame frames;

    /// A step; at least one of both versions is there.
    ///
    /// @param revision of the step, which is that of `after` when there is one
    public Event(long revision, @Nullable Item before, @Nullable Item after) {
        this.revision = revision;
        this.before = before;
        this.after = after;
    }

    /// A snapshot as it is after further steps, oldest first. Only the last step of each key counts, so the tree is
    /// changed once, whatever their number.
    public static SnapshotTree<Item> replayed(SnapshotTree<Item> picture, List<Event> steps) {
        Map<String, @Nullable Item> changes = new HashMap<>();
        steps.forEach(step -> changes.put(step.newest().storeKey(), step.after()));
        return steps.isEmpty() ? picture : picture.with(changes);
    }

    /// The revision of the step.
    public long revision() {
        return revision;
    }

    /// The version before, null for a creation.
    @Nullable
    public Item before() {
        return before;
    }

    /// The version after, null for a deletion.
    @Nullable
    public Item after() {
        return after;
    }

    /// The version before; for one that cannot be read the last that could be. Null also when there is none.
    @Nullable
    public Item readableBefore() {
        return before == null ? null : before.readable();
    }

    /// The same of the version after.
    @Nullable
    public Item readableAfter() {
        return after == null ? null : after.readable();
    }

    /// The newer of the two versions: of a deletion, what was deleted. Never null.
    public Item newest() {
        Item newer = after == null ? before : after;
        if (newer == null) {
            throw new IllegalStateException("an event without any version");
        }
        return newer;
    }

    /// Roughly how many bytes the log keeps for this event. The version before is not counted: the event that
    /// brought it, or the snapshot, has it already.
    int weight() {
        return 256 + newest().size();
    }

    /// What was made of this event for sending in one form, the next one behind it. A list, since there are few
    /// forms: JSON, protobuf, Table, and versions of a custom resource.
    private record Frame(Object form, byte[] bytes, @Nullable Frame next) {
    }

    /// The bytes sent for this event in one form, null when they are not made yet. Without a lock.
    ///
    /// @param form what they are made for, told apart by identity
    public byte @Nullable [] frame(Object form) {
        for (Frame f = frames; f != null; f = f.next) {
            if (f.form == form) {
                return f.bytes;
            }
        }
        return null;
    }

    /// Keeps the bytes for every other watcher of that form, until [#forgetFrames]. Two who make them at once keep
    /// both; they are the same.
    ///
    /// @return `bytes`
    public synchronized byte[] keep(Object form, byte[] bytes) {
        if (frames != TOLD) {
            frames = new Frame(form, bytes, frames);
        }
        return bytes;
    }

    /// Forgets what was made for sending: everybody has been told, and for who comes later nothing is kept.
    public synchronized void forgetFrames() {
        frames = TOLD;
    }
}
