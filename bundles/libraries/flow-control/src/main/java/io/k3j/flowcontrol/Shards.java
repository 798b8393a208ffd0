package io.k3j.flowcontrol;

import io.k3j.flowcontrol.PriorityLevelSpec.Queuing;
import io.k3j.flowcontrol.Turn.Shard;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/// The queues of one level in which something waits or from which something comes. Guarded by the [QueueSet].
final class Shards {
    private final Map<Integer, Shard> known = new LinkedHashMap<>();
    private Queuing queuing = Queuing.REJECT;
    private int[] hand = new int[1];

    /// How flows are dealt their queues from now on.
    void configure(Queuing how) {
        queuing = how;
        hand = new int[how.hand()];
    }

    /// The queue of a flow's hand in which the least waits, of several the one that was charged least; it need not
    /// exist yet.
    ///
    /// @param any where nothing waits: the next one in turn
    /// @param arrivals how many requests came before
    /// @param virtual from which a new queue is charged
    Shard choose(long flow, boolean any, long arrivals, long virtual) {
        ShuffleSharding.deal(flow, hand, queuing.queues());
        int from = (int) (arrivals % hand.length);
        Shard best = at(hand[from], virtual);
        for (int i = 1; i < hand.length && !any; i++) {
            Shard next = at(hand[(from + i) % hand.length], virtual);
            boolean better = next.waitingSeats < best.waitingSeats
                    || next.waitingSeats == best.waitingSeats && next.next < best.next;
            best = better ? next : best;
        }
        return best;
    }

    private Shard at(int index, long virtual) {
        Shard there = known.get(index);
        return there == null ? new Shard(index, virtual) : there;
    }

    /// From now on this one exists.
    /// @return the one that did already, else this one
    Shard add(Shard shard) {
        Shard there = known.putIfAbsent(shard.index, shard);
        return there == null ? shard : there;
    }

    /// It exists no more when nothing is in it.
    void forget(Shard shard) {
        if (shard.idle()) {
            known.remove(shard.index, shard);
        }
    }

    /// Those that exist.
    Collection<Shard> all() {
        return known.values();
    }
}
