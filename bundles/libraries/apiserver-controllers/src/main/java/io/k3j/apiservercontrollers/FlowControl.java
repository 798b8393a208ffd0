package io.k3j.apiservercontrollers;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.flowcontrol.FlowController;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Follower;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Follows the objects of API priority and fairness, so that requests are classified by what is stored, and lends
/// idle seats anew every ten seconds.
///
/// ```
/// flowschemas ────► loop ─┐
///                         ├─► FlowController
/// prioritylevels ─► loop ─┘◄── every 10 s
/// ```
///
/// **Threads.** Two virtual ones, which wait for changes.
public final class FlowControl implements AutoCloseable {
    /// How often seats are lent anew, as upstream.
    private static final long PERIOD_MILLIS = TimeUnit.SECONDS.toMillis(10);
    private final EventLog log;
    private final FlowController flows;
    private final List<Follower> followers = List.of(new Follower(FlowController.SCHEMAS),
            new Follower(FlowController.LEVELS));
    private final List<SupervisedLoop> loops;
    private volatile Runnable listener = () -> {
    };
    private volatile boolean open = true;

    /// Begins at once.
    ///
    /// @param log where the objects are followed
    /// @param flows is told to look at them anew
    /// @param health where the loops report
    public FlowControl(EventLog log, FlowController flows, Health health) {
        this.log = log;
        this.flows = flows;
        Follower schemas = followers.getFirst();
        Follower levels = followers.getLast();
        this.loops = List.of(
                SupervisedLoop.virtual(health, "apiserver-flow-schemas", () -> follow(schemas, false)).start(),
                SupervisedLoop.virtual(health, "apiserver-priority-levels", () -> follow(levels, true)).start());
    }

    private void follow(Follower follower, boolean lends) throws InterruptedException {
        LongSupplier millis = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        log.follow(follower);
        try {
            look();
            long next = millis.getAsLong() + PERIOD_MILLIS;
            while (open && log.open()) {
                List<?> events = follower.take(Math.max(1, next - millis.getAsLong()));
                if (events == null || !events.isEmpty()) {
                    look();
                }
                if (next - millis.getAsLong() <= 0) {
                    next = millis.getAsLong() + PERIOD_MILLIS;
                    if (lends) {
                        flows.rebalance();
                    }
                }
            }
        } finally {
            log.leave(follower);
        }
    }

    private void look() {
        flows.look();
        listener.run();
    }

    /// Who is told of each change, at once, on the loop's thread; the last one who asks.
    public void listen(Runnable whenChanged) {
        listener = whenChanged;
    }

    /// Ends the loops; seats stay as they were lent. Nobody is waited for.
    @Override
    public void close() {
        open = false;
        loops.forEach(SupervisedLoop::close);
        followers.forEach(Follower::end);
    }
}
