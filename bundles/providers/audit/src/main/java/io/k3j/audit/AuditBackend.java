package io.k3j.audit;

import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// Records events as the policy says at all sinks there are, one after the other; upstream's union. What one of them
/// cannot write the others get all the same; one in the mode `blocking-strict` fails the request then. Any thread.
final class AuditBackend implements Audit, AutoCloseable {
    /// How long queues that are to end are waited for, all of them together.
    private static final Duration DRAIN = Duration.ofMillis(1_500);
    /// How long those are waited for that hand an event over, so that it goes to all sinks or to none.
    private static final Duration HANDED = Duration.ofMillis(200);
    private final AuditPolicy policy;
    private final AuditMetrics metrics;
    private final List<EventSink> sinks;
    /// Read by who hands an event over.
    private final ReadWriteLock handing = new ReentrantReadWriteLock();
    private volatile boolean closed;

    /// @param sinks at least one; closed with this
    AuditBackend(AuditPolicy policy, AuditMetrics metrics, List<EventSink> sinks) {
        this.policy = policy;
        this.metrics = metrics;
        this.sinks = List.copyOf(sinks);
    }

    @Override
    public Rule rule(@Nullable Caller caller, Attributes what) {
        Rule rule = policy.rule(caller, what);
        metrics.level(rule.level());
        return rule;
    }

    @Override
    public Taken take(Struct event) {
        handing.readLock().lock();
        try {
            return closed ? Taken.CLOSED : handed(event);
        } finally {
            handing.readLock().unlock();
        }
    }

    private Taken handed(Struct event) {
        List<Taken> each = sinks.stream().map(sink -> sink.take(event)).toList();
        if (each.stream().allMatch(Taken.CLOSED::equals)) {
            return Taken.CLOSED;
        }
        metrics.event();
        boolean failed = false;
        for (int i = 0; i < each.size(); i++) {
            Taken taken = each.get(i) == Taken.CLOSED ? sinks.get(i).missed() : each.get(i);
            failed |= taken == Taken.FAILED;
        }
        if (failed && event.text("stage").equals("RequestReceived")) {
            metrics.rejected();
        }
        return failed ? Taken.FAILED : Taken.TAKEN;
    }

    /// Writes what waits, and takes on meanwhile: while this is going on nobody has to wait for a successor.
    void drain() {
        long end = System.nanoTime() + DRAIN.toNanos();
        sinks.forEach(EventSink::hurry);
        sinks.forEach(sink -> sink.drain(Duration.ofNanos(end - System.nanoTime())));
    }

    /// Takes nothing more; what waits is written, for a moment.
    @Override
    public void close() {
        if (alone()) {
            handing.writeLock().unlock();
        }
        sinks.forEach(EventSink::close);
    }

    /// Whether all have been waited for; who comes later finds it closed in any case.
    private boolean alone() {
        try {
            return handing.writeLock().tryLock(HANDED.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            closed = true;
        }
    }
}
