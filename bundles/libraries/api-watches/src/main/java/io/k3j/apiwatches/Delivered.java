package io.k3j.apiwatches;

import io.k3j.watchcache.Event;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.SnapshotTree;
import java.util.ArrayList;
import java.util.List;

/// What a listener has been told: everything in a snapshot, and the events ahead of it. One thread.
///
/// A view keeps no objects of its own; what it needs to find out what a listener has missed is the last snapshot it has
/// told and the few events since. Snapshots share most of their trees with newer ones, so this costs little while it is
/// recent.
final class Delivered {
    /// Told and not yet part of [#picture], in order; short, since each batch of the log brings a newer snapshot.
    private final List<Event> ahead = new ArrayList<>();
    /// Never newer than what was told: what is missed later is the difference between this and the newest one.
    private EventLog.Snapshot picture;
    /// The revision of the snapshot that was told at first.
    private final long begin;

    /// All of a snapshot.
    Delivered(EventLog.Snapshot picture) {
        this.picture = picture;
        this.begin = picture.revision();
    }

    /// Whether this event has not been told; it is from now on. The first events from the log may be such that the
    /// snapshot has in it already; each comes once, and several may have one revision.
    boolean next(Event event) {
        return event.revision() > begin && ahead.add(event);
    }

    /// All events in `offered` have been told. It takes the place of an older snapshot, which is not kept alive.
    ///
    /// @param offered what had been offered before the events were taken; those of it that were not taken are still
    ///     ahead
    void reached(EventLog.Snapshot offered) {
        if (offered.revision() >= picture.revision()) {
            picture = offered;
            ahead.removeIf(e -> e.revision() <= offered.revision());
        }
    }

    /// Everything told, as far as it concerns the listener: the snapshot with the events ahead laid over it.
    SnapshotTree<Item> tree() {
        return Event.replayed(picture.tree(), ahead);
    }
}
