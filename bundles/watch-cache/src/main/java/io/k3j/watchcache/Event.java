package io.k3j.watchcache;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One step of the log: what a key was before and what it is after. `before` is null for a creation, `after` for a
/// deletion.
public final class Event {
    private static final Frame TOLD = new Frame(new Object(), new byte[0], null);
    private final long revision;
    private final @Nullable Item before;
    private final @Nullable Item after;
    private volatile @Nullable Frame frames;

    /// A step.
    public Event(long revision, @Nullable Item before, @Nullable Item after) {
        this.revision = revision;
        this.before = before;
        this.after = after;
    }

    /// A picture as it is after further steps, oldest first.
    public static SnapshotTree<Item> replayed(SnapshotTree<Item> picture, List<Event> steps) {
        SortedMap<String, @Nullable Item> changes = new TreeMap<>();
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

    /// The newer of the two versions.
    public Item newest() {
        Item newer = after == null ? before : after;
        if (newer == null) {
            throw new IllegalStateException("an event without any version");
        }
        return newer;
    }

    /// Roughly how many bytes the log keeps for this event.
    int weight() {
        return 256 + newest().size();
    }

    /// What was made of this event for sending in one form, the next one behind it.
    private record Frame(Object form, byte[] bytes, @Nullable Frame next) {
    }

    /// The bytes sent for this event in one form (told apart by identity), null when they are not made yet.
    public byte @Nullable [] frame(Object form) {
        for (Frame f = frames; f != null; f = f.next) {
            if (f.form == form) {
                return f.bytes;
            }
        }
        return null;
    }

    /// Keeps the bytes for every other watcher of that form, until [#forgetFrames].
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
