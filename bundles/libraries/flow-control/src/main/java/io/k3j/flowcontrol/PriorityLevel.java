package io.k3j.flowcontrol;

import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;

/// A priority level: its seats, its queues, and how many seats it has at present. Changed by [FlowController] alone,
/// under its lock; requests take seats on any thread.
final class PriorityLevel {
    /// The part of a level's seats that one request may take, of those where requests wait; upstream's.
    private static final double WIDEST = 0.15;
    /// What part (1/n) of the server's seats stands for those of a level that has none; upstream's.
    private static final double SPARE = 10;
    private final QueueSet seats;
    private final RetryAfter retryAfter = new RetryAfter();
    private volatile PriorityLevelSpec spec;
    private volatile Limits limits = new Limits(0, 0, 0, 0, 0);
    private volatile SeatDemand.Figures demand = new SeatDemand.Figures(0, 0, 0, 0);

    /// How many seats it has.
    ///
    /// @param nominal its own
    /// @param lower what others cannot borrow
    /// @param upper what it has with all that it may borrow
    /// @param target what it could use
    /// @param current what it has now
    record Limits(int nominal, int lower, int upper, double target, int current) {
        Limits with(double wanted, int seats) {
            return new Limits(nominal, lower, upper, wanted, seats);
        }
    }

    PriorityLevel(PriorityLevelSpec spec, ObjLongConsumer<Object> park, LongSupplier nanos) {
        this.spec = spec;
        this.seats = new QueueSet(park, nanos);
    }

    PriorityLevelSpec spec() {
        return spec;
    }

    QueueSet seats() {
        return seats;
    }

    RetryAfter retryAfter() {
        return retryAfter;
    }

    Limits limits() {
        return limits;
    }

    SeatDemand.Figures demand() {
        return demand;
    }

    /// Ends a period of demand.
    SeatDemand.Figures measure() {
        demand = seats.demand();
        return demand;
    }

    /// The object may say something else now.
    /// @param total seats of the server
    /// @param shares of all levels together
    void configure(PriorityLevelSpec now, int total, long shares) {
        int nominal = (int) Math.ceil((double) total * now.shares() / Math.max(1, shares));
        int lendable = percent(nominal, now.lendable());
        int borrowing = now.borrowing() == PriorityLevelSpec.UNLIMITED ? total : percent(nominal, now.borrowing());
        boolean first = limits.upper == 0;
        spec = now;
        int current = first ? nominal - lendable / 2 : limits.current;
        limits = new Limits(nominal, nominal - lendable, nominal + borrowing, limits.target, current);
        seats.spare((int) Math.max(1, Math.round(total / SPARE)));
        seats.configure(now.queuing(), current);
    }

    private static int percent(int of, int percent) {
        return (int) Math.round(of * (double) percent / 100);
    }

    /// So many seats it has until it is told otherwise.
    void lend(double target, int current) {
        limits = limits.with(target, current);
        seats.limit(current);
    }

    /// The most seats that one request takes.
    int widest() {
        if (spec.queuing().queues() <= 0) {
            return Integer.MAX_VALUE;
        }
        int nominal = limits.nominal;
        return (int) Math.max(1, Math.min(Math.ceil(nominal * WIDEST), nominal / spec.queuing().hand()));
    }
}
