package io.k3j.apiwatches;

import io.k3j.watchcache.Event;

/// How far a watch has been told. Several keys may change with one revision, and a watch may fall behind between two of
/// their events; so this is a revision, up to which everything has been told, and how many events of the next one have.
///
/// Events that concern the watch come in the log's order, those of one revision always in the same: first as they
/// happen, and, when the watch has fallen behind, once more out of history. For one thread at a time, as its watch.
final class WatchPosition {
    /// Everything up to here has been told; of later revisions [#told] events of [#partly], if that is later.
    private long revision;
    /// The revision of the last event that came. It may have more of them, as long as it is above [#revision].
    private long partly;
    /// How many of its events have been told.
    private int told;
    /// How many of those are still to come once more.
    private int again;

    /// The revision up to which everything has been told.
    long revision() {
        return revision;
    }

    /// Everything up to here has been told: by a snapshot, by history, or because nothing else is its business.
    void reached(long whole) {
        revision = whole;
    }

    /// Whether what has been told ends within a revision, for all that is known when everything up to `whole` has been.
    boolean within(long whole) {
        return partly > Math.max(whole, revision);
    }

    /// Begins with history after the revision that is answered. Of the next one all events come once more.
    long resume() {
        again = told;
        return revision;
    }

    /// Takes the next event that comes: true when it is passed over, since it has been told already. If not,
    /// everything before it has, and it is the next one to be.
    boolean skips(Event event) {
        if (event.revision() <= revision) {
            return true;
        }
        if (event.revision() != partly) {
            partly = event.revision();
            revision = partly - 1;
            told = 0;
            again = 0;
        }
        if (again > 0) {
            again--;
            return true;
        }
        return false;
    }

    /// The event that [#skips] did not pass over has been told.
    void told() {
        told++;
    }
}
