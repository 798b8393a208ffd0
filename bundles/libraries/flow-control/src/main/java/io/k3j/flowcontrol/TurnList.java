package io.k3j.flowcontrol;

import org.jspecify.annotations.Nullable;

/// The turns that have seats, linked by themselves so that keeping them allocates nothing. Guarded by the [QueueSet].
final class TurnList {
    private @Nullable Turn latest;

    void add(Turn turn) {
        turn.earlier = latest;
        if (latest != null) {
            latest.later = turn;
        }
        latest = turn;
    }

    void remove(Turn turn) {
        if (turn.later == null) {
            latest = turn.earlier;
        } else {
            turn.later.earlier = turn.earlier;
        }
        if (turn.earlier != null) {
            turn.earlier.later = turn.later;
        }
        turn.earlier = null;
        turn.later = null;
    }

    /// The one that was added last; before it stand the others ([Turn#earlier]).
    @Nullable
    Turn latest() {
        return latest;
    }
}
