package io.k3j.apiserver;

import io.k3j.watchcache.Event;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.SnapshotTree;
import java.util.ArrayList;
import java.util.List;

/// What a listener has been told: everything in a picture, and the events ahead of it. One thread.
final class Told {
    private final List<Event> ahead = new ArrayList<>();
    private EventLog.Snapshot picture;
    private long revision;

    /// All of a picture.
    Told(EventLog.Snapshot picture) {
        this.picture = picture;
        this.revision = picture.revision();
    }

    /// Whether this event has not been told; it is from now on.
    boolean next(Event event) {
        if (event.revision() <= revision) {
            return false;
        }
        revision = event.revision();
        return ahead.add(event);
    }

    /// All events in `offered` have been told. It takes the place of an older picture, which is not kept alive.
    void reached(EventLog.Snapshot offered) {
        if (offered.revision() >= picture.revision()) {
            picture = offered;
            ahead.removeIf(e -> e.revision() <= offered.revision());
        }
    }

    /// Everything told, as far as it concerns the listener.
    SnapshotTree<Item> tree() {
        return Event.replayed(picture.tree(), ahead);
    }
}
