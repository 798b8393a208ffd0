package io.k3j.networkpolicy;

import io.k3j.componentapi.HealthScope;
import io.k3j.model.Obj;
import io.k3j.netpolicy.PodPolicy;
import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Brings the kernel's table to what the picture says, and tells who waits for it. Changes that come while the kernel
/// is busy share the next transaction. [#run] on one thread, the rest on any.
final class PolicyLoop {
    private static final System.Logger LOG = System.getLogger("io.k3j.networkpolicy");
    private static final long RETRY_SECONDS = 1;
    /// How soon policies that the kernel refused are tried again while they stay as they are.
    private static final Duration AGAIN = Duration.ofSeconds(30);
    /// So many times as long as a try has taken they are left alone after it: pods that start wait for its end.
    private static final int PAUSE_PER_TRY = 9;
    private static final Duration COUNTERS_LIVE = Duration.ofSeconds(5);
    /// Where it says how it is doing.
    record PolicyReports(HealthScope health, Counters counters, PolicyRefusals refusals) {
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition written = lock.newCondition();
    private final Picture picture;
    private final PacketFilter filter;
    private final PolicyWriter writer;
    private final BooleanSupplier complete;
    private final HealthScope health;
    private final Counters counters;
    private final PolicyRefusals refusals;
    private final PolicyTable table = new PolicyTable();
    private long version = 1;
    private long done;
    private long countersAsked;
    private long countersRead;
    /// When policies that are refused were tried last, and for how many nanoseconds they are left alone since.
    private long tried;
    private long pauseNanos;
    private final List<String> clusterCidrs;
    private volatile boolean closing = true;
    private volatile boolean stopped;

    /// @param complete whether everything present has been told once; nothing is decided before
    /// @param clusterCidrs what is closed until then
    PolicyLoop(Picture picture, PacketFilter filter, BooleanSupplier complete, PolicyReports reports,
            List<String> clusterCidrs) {
        this.picture = picture;
        this.filter = filter;
        this.complete = complete;
        this.health = reports.health();
        this.counters = reports.counters();
        this.refusals = reports.refusals();
        this.clusterCidrs = clusterCidrs;
        this.writer = new PolicyWriter(filter, this::made, () -> stopped);
    }

    /// Changes the picture; the kernel follows.
    void change(Consumer<Picture> how) {
        lock.lock();
        try {
            how.accept(picture);
            version++;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Somebody else has changed the kernel's rules.
    void suspect() {
        writer.suspect();
        closing = true;
        change(p -> LOG.log(System.Logger.Level.DEBUG, "Foreign change of the packet filter"));
    }

    /// Blocks until the rules of a pod stand.
    /// @throws IllegalStateException when they do not within the limit
    void decide(Obj pod, List<String> addresses, Duration limit) throws InterruptedException {
        long from = System.nanoTime();
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            picture.starting(pod, addresses);
            long mine = ++version;
            changed.signal();
            while (done < mine) {
                if (stopped) {
                    throw new IllegalStateException("network-policy is being replaced");
                }
                if (left <= 0) {
                    throw new IllegalStateException("the rules of network policies for " + pod.key()
                            + " do not stand after " + limit.toSeconds() + " s: "
                            + (complete.getAsBoolean() ? "the packet filter refuses them, see k3s bundle ls"
                                    : "the policies have not been read from the API, or the pod network has not told"
                                            + " its ranges yet"));
                }
                left = written.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
        counters.decided(System.nanoTime() - from);
    }

    /// Closes what nobody has closed yet: after a start of the machine nothing stands in the kernel, and what pods do
    /// before the policies are known is not allowed.
    void closeUnlessDecided() {
        closing = false;
        try {
            if (filter.objects(PolicyTable.FAMILY, PolicyTable.NAME).isEmpty()) {
                filter.apply(PolicyTable.closed(clusterCidrs).restated(Set.of()));
            }
        } catch (FilterRefused | UncheckedIOException e) {
            refused(e);
        }
    }

    /// Works until [#stop].
    void run() throws InterruptedException {
        while (!stopped) {
            await();
            if (closing && !complete.getAsBoolean()) {
                closeUnlessDecided();
            }
            while (!stopped && complete.getAsBoolean() && !write()) {
                lock.lockInterruptibly();
                try {
                    // a stop that came while the kernel was busy has signalled already
                    if (!stopped) {
                        changed.await(RETRY_SECONDS, TimeUnit.SECONDS);
                    }
                } finally {
                    lock.unlock();
                }
            }
            readCounters();
        }
    }

    private void await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!stopped && (done >= version || !complete.getAsBoolean())
                    && (!closing || complete.getAsBoolean()) && countersRead >= countersAsked && untilAgain() > 0) {
                changed.awaitNanos(complete.getAsBoolean() ? untilAgain() : TimeUnit.SECONDS.toNanos(RETRY_SECONDS));
            }
        } finally {
            lock.unlock();
        }
    }

    /// How many nanoseconds until policies that are refused are to be tried again.
    private long untilAgain() {
        return writer.refused().isEmpty() || !complete.getAsBoolean() ? Long.MAX_VALUE
                : pauseNanos - (System.nanoTime() - tried);
    }

    /// How long policies that are refused are left alone after a try.
    static Duration pauseAfterTry(Duration took) {
        Duration pause = took.multipliedBy(PAUSE_PER_TRY);
        return pause.compareTo(AGAIN) > 0 ? pause : AGAIN;
    }

    private PolicyTable.Made made(Predicate<PodPolicy> open) {
        lock.lock();
        try {
            picture.open(open);
            return table.of(picture);
        } finally {
            lock.unlock();
        }
    }

    private boolean write() {
        long now;
        long from = System.nanoTime();
        lock.lock();
        try {
            now = version;
        } finally {
            lock.unlock();
        }
        try {
            boolean again = untilAgain() <= 0;
            PolicyWriter.Outcome outcome = writer.write(again);
            if (outcome.written()) {
                counters.written(System.nanoTime() - from);
            }
            if (outcome.refused()) {
                counters.refused();
            }
            if (again || outcome.refused()) {
                tried = System.nanoTime();
                pauseNanos = pauseAfterTry(Duration.ofNanos(tried - from)).toNanos();
            }
            counters.meaning(writer.stands().counters());
            tell(writer.refused());
        } catch (CancellationException stopping) {
            LOG.log(System.Logger.Level.DEBUG, "Stopped while looking for what is refused");
            return false;
        } catch (FilterRefused | UncheckedIOException e) {
            refused(e);
            return false;
        }
        lock.lock();
        try {
            done = now;
            written.signalAll();
        } finally {
            lock.unlock();
        }
        return true;
    }

    private void tell(Collection<PolicyWriter.Refusal> refused) {
        refusals.tell(refused);
        if (refused.isEmpty()) {
            health.ok();
        } else {
            PolicyWriter.Refusal first = refused.iterator().next();
            health.degraded("the packet filter refused the rules of NetworkPolicy " + first.policy()
                    + ", which lets nothing through here: " + first.why()
                    + (refused.size() > 1 ? "; and of " + (refused.size() - 1) + " more" : ""));
        }
    }

    private void refused(RuntimeException e) {
        counters.refused();
        health.degraded("the packet filter refused the rules of network policies, those before them stay: "
                + e.getMessage());
        LOG.log(System.Logger.Level.WARNING, "Failed to write network policy rules error={0}", e.getMessage());
    }

    /// What has been counted, a few seconds old; asking makes it newer for the next one who asks.
    String metrics() {
        lock.lock();
        try {
            if (System.nanoTime() - countersRead > COUNTERS_LIVE.toNanos()) {
                countersAsked = System.nanoTime();
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
        return counters.text();
    }

    private void readCounters() {
        if (countersRead >= countersAsked) {
            return;
        }
        try {
            counters.packets(filter.counters(PolicyTable.FAMILY, PolicyTable.NAME));
        } catch (FilterRefused | UncheckedIOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot read counters error={0}", e.getMessage());
        }
        lock.lock();
        try {
            countersRead = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    /// Ends [#run]; the rules stay.
    void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
            written.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
