package io.k3j.serviceaddresses;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Calls about claims, those that do not depend on each other at once: a Service with many node ports that are drawn
/// waits for the datastore no longer than one with a single port. On the calling thread and on virtual ones, which have
/// ended when a run returns. Any thread; the writes of a server share one.
///
/// The seat of a request stands for its own thread alone, so threads beside it have a bound of their own,
/// [#MOST_HELPERS]: where none is left a write makes its calls by itself, one after the other, and waits for no other
/// write.
public final class ClaimCalls {
    /// How many calls of one write are under way at once, however many it asks for.
    static final int AT_ONCE = 32;
    /// How many calls of one write wait for each other at most.
    static final int IN_ORDER = 64;
    /// How many threads make calls at once beside those of the writes, for all writes together: four for each of 256
    /// writes, or what 33 of the largest Services want. So many calls more than writes the datastore has to answer.
    static final int MOST_HELPERS = 1_024;
    private final Semaphore helpers;

    /// For all writes of a server.
    public ClaimCalls() {
        this(MOST_HELPERS);
    }

    /// @param most threads at once beside those that call
    ClaimCalls(int most) {
        this.helpers = new Semaphore(most);
    }

    /// Makes each call once and blocks until all that were begun have ended. Once one has failed no other is begun.
    /// @param calls for any thread
    /// @throws RuntimeException the first failure; an Error as well, of whichever thread: a call that was not made must
    /// not count as one that was
    public void run(List<Runnable> calls) {
        AtomicInteger next = new AtomicInteger();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Runnable work = () -> work(calls, next, failure);
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < Math.min(AT_ONCE, calls.size()) && helpers.tryAcquire(); i++) {
            others.add(Thread.ofVirtual().name("service-claim").start(() -> help(work)));
        }
        work.run();
        others.forEach(ClaimCalls::join);
        switch (failure.get()) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> {
            }
        }
    }

    /// Makes the calls of one list one after the other, and those of another at once with the last of them. Values that
    /// others may want as well are claimed one after the other, by all in the same order: who loses one loses it to
    /// somebody who has come further, so that of several who want the same values one gets all of them. With one such
    /// value, or none, it waits no longer than [#run(List)]. Beyond [#IN_ORDER] the rest is made at once: a Service may
    /// name thousands of ports.
    /// @param ordered for any thread
    /// @param others for any thread
    /// @throws RuntimeException as [#run(List)]
    public void run(List<Runnable> ordered, List<Runnable> others) {
        int last = Math.clamp(ordered.size() - 1, 0, IN_ORDER);
        ordered.subList(0, last).forEach(Runnable::run);
        List<Runnable> together = new ArrayList<>(ordered.subList(last, ordered.size()));
        together.addAll(others);
        run(together);
    }

    private void help(Runnable work) {
        try {
            work.run();
        } finally {
            helpers.release();
        }
    }

    private static void work(List<Runnable> calls, AtomicInteger next,
            AtomicReference<@Nullable Throwable> failure) {
        for (int i = next.getAndIncrement(); i < calls.size() && failure.get() == null; i = next.getAndIncrement()) {
            try {
                calls.get(i).run();
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
        }
    }

    /// Calls that were begun are awaited even after an interrupt: what they have written has to be given back.
    private static void join(Thread thread) {
        boolean interrupted = false;
        for (boolean over = false; !over;) {
            try {
                thread.join();
                over = true;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
