package io.k3j.flowcontrol;

import io.k3j.metricstext.Histogram;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// What is counted of the requests of one flow schema at one priority level. Any thread.
final class FlowCounts {
    /// Upstream's buckets.
    private static final double[] SECONDS = {0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30};
    private static final double[] SEATS = {1, 2, 4, 8, 16, 32, 64, 100};
    private static final double[] LENGTHS = {0, 10, 25, 50, 100, 250, 500, 1000};
    private static final String WATCH = "watch";
    final String schema;
    final String level;
    final LongAdder dispatched = new LongAdder();
    final LongAdder executing = new LongAdder();
    final LongAdder seats = new LongAdder();
    final LongAdder waiting = new LongAdder();
    final LongAdder waitingSeats = new LongAdder();
    final Histogram served = new Histogram(SECONDS);
    final Histogram refused = new Histogram(SECONDS);
    /// How long those that came had their seats; of watches until they have told what there is.
    final Histogram executed = new Histogram(SECONDS);
    final Histogram executedWatches = new Histogram(SECONDS);
    final Histogram estimated = Histogram.ofWhole(SEATS);
    /// How many were in a request's queue when it came, itself included.
    final Histogram queueLengths = Histogram.ofWhole(LENGTHS);
    /// How often the next one needed more seats than were free.
    final LongAdder unaccommodated = new LongAdder();
    private final Map<RejectReason, LongAdder> refusals = new EnumMap<>(RejectReason.class);

    FlowCounts(String schema, String level) {
        this.schema = schema;
        this.level = level;
        for (RejectReason why : RejectReason.values()) {
            refusals.put(why, new LongAdder());
        }
    }

    LongAdder refusals(RejectReason why) {
        return Objects.requireNonNull(refusals.get(why));
    }

    long rejected() {
        return refusals.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /// A request has worked in its seats.
    ///
    /// @param width as it was estimated
    void executed(Turn turn, int width, long nanos) {
        (turn.of.digest().verb().equals(WATCH) ? executedWatches : executed).add(nanos);
        estimated.add(width);
    }

    void waits(Turn turn, int by) {
        waiting.add(by);
        waitingSeats.add((long) by * turn.seats);
    }

    void executes(Turn turn, int by) {
        executing.add(by);
        seats.add((long) by * turn.seats);
    }
}
