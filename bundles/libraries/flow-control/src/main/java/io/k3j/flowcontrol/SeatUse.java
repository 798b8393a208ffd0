package io.k3j.flowcontrol;

import io.k3j.flowcontrol.PriorityLevelSpec.Queuing;
import io.k3j.metricstext.TimingHistogram;

/// What of a level's seats is taken and wanted, now and over time. Guarded by the [QueueSet]; a request changes a few
/// numbers, and nothing but [#timed] allocates.
final class SeatUse {
    /// Upstream's bounds, as parts of the seats a level has.
    private static final double[] SEATS = {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1};
    /// Those of requests, as parts of those seats, or of the room in the level's queues.
    private static final double[] REQUESTS = {0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 0.5, 0.75, 1};
    private static final double[] DEMAND = {0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.7, 2, 2.8, 4, 6};
    private final SeatDemand demand;
    private final Timed timed;
    private final int[] executing = new int[2];
    private final int[] waiting = new int[2];
    private int taken;
    private int waitingSeats;
    private int spare = 1;

    /// How long which part of a level was in use.
    ///
    /// @param seats that are taken, of those the level has
    /// @param executing requests, of as many as there are seats
    /// @param waiting requests, of all for which its queues have room
    /// @param demand the seats taken and those that are waited for, of those the level has
    record Timed(TimingHistogram seats, TimingHistogram executing, TimingHistogram waiting, TimingHistogram demand) {
        private static Timed from(long nanos) {
            return new Timed(new TimingHistogram(nanos, SEATS), new TimingHistogram(nanos, REQUESTS),
                    new TimingHistogram(nanos, REQUESTS), new TimingHistogram(nanos, DEMAND));
        }

        private Timed copy(long nanos) {
            return new Timed(seats.copy(nanos), executing.copy(nanos), waiting.copy(nanos), demand.copy(nanos));
        }
    }

    /// Nothing is taken, from now on.
    SeatUse(long nanos) {
        demand = new SeatDemand(nanos);
        timed = Timed.from(nanos);
    }

    /// What stands for the seats of a level that has none.
    void spare(int seats) {
        spare = seats;
    }

    /// From now on parts are those of so many seats, and of such queues.
    void limits(long nanos, Queuing queuing, int seats) {
        int parts = seats > 0 ? seats : spare;
        timed.seats.denominator(nanos, parts);
        timed.executing.denominator(nanos, parts);
        timed.demand.denominator(nanos, parts);
        timed.waiting.denominator(nanos,
                (double) Math.max(1, queuing.length()) * Math.max(1, queuing.queues()));
    }

    /// A turn has got its seats (1), or gives them back (-1).
    void executes(Turn turn, int by, long nanos) {
        taken += by * turn.seats;
        executing[turn.kind()] += by;
        turn.counts.executes(turn, by);
        timed.seats.set(nanos, taken);
        timed.executing.set(nanos, executing[0] + executing[1]);
        wanted(nanos);
    }

    /// A turn waits (1), or does not any more (-1).
    void waits(Turn turn, int by, long nanos) {
        waitingSeats += by * turn.seats;
        waiting[turn.kind()] += by;
        turn.counts.waits(turn, by);
        timed.waiting.set(nanos, waiting());
        wanted(nanos);
    }

    private void wanted(long nanos) {
        int wanted = taken + waitingSeats;
        demand.set(nanos, wanted);
        timed.demand.set(nanos, wanted);
    }

    /// How many seats are taken.
    int taken() {
        return taken;
    }

    /// How many requests have seats.
    int executing(boolean write) {
        return executing[Turn.kind(write)];
    }

    /// How many requests wait.
    int waiting(boolean write) {
        return waiting[Turn.kind(write)];
    }

    /// How many requests wait, reads and writes.
    int waiting() {
        return waiting[0] + waiting[1];
    }

    /// Ends a period of demand.
    SeatDemand.Figures demand(long nanos) {
        return demand.next(nanos);
    }

    /// What has been until now, for somebody who reads it meanwhile.
    Timed timed(long nanos) {
        return timed.copy(nanos);
    }
}
