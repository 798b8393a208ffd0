package io.k3j.controllerkit;

import io.k3j.clientapi.ApiFault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// Runs an operation many times in batches that double in size while all succeed, as upstream's controllers create
/// pods: a quota or a webhook that refuses the first is not called five hundred times. Each batch runs in parallel on
/// virtual threads.
public final class SlowStart {
    /// The maximum batch size.
    public static final int WIDEST = 64;

    private SlowStart() {
    }

    /// Calls `each` with 0 to `count` - 1 and waits for all started calls.
    /// @throws RuntimeException the first failure; later batches are not started
    public static void run(int count, IntConsumer each) {
        int done = 0;
        for (int batch = 1; done < count; batch = Math.min(2 * batch, WIDEST)) {
            int end = Math.min(count, done + batch);
            if (end - done == 1) {
                each.accept(done);
            } else {
                together(done, end, each, started -> {
                    // they are awaited
                });
            }
            done = end;
        }
    }

    /// Calls `each` with 0 to `count` - 1, [#WIDEST] at a time and each whatever becomes of the others: one that does
    /// not come back, as where a webhook hangs, keeps none of them waiting. Waits for all. An interrupt of the caller
    /// is passed on to those under way, and no other begins: whoever has lost the lead writes no more.
    /// @throws RuntimeException the first failure, once all have ended; an `ApiFault` when some have not begun
    public static void all(int count, IntConsumer each) {
        AtomicInteger next = new AtomicInteger();
        ConcurrentLinkedQueue<RuntimeException> faults = new ConcurrentLinkedQueue<>();
        IntConsumer worker = _ -> {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                try {
                    each.accept(i);
                } catch (RuntimeException e) {
                    faults.add(e);
                }
            }
        };
        if (count == 1) {
            worker.accept(0);
        } else {
            together(0, Math.min(count, WIDEST), worker, threads -> {
                if (next.getAndSet(count) < count) {
                    faults.add(ApiFault.unavailable("interrupted before all were written"));
                }
                threads.forEach(Thread::interrupt);
            });
        }
        RuntimeException first = faults.poll();
        if (first != null) {
            throw first;
        }
    }

    /// @param interrupted is given the threads when this one is interrupted while it waits for them
    private static void together(int from, int to, IntConsumer each, Consumer<List<Thread>> interrupted) {
        ConcurrentLinkedQueue<RuntimeException> faults = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = from; i < to; i++) {
            int one = i;
            threads.add(Thread.ofVirtual().name("batch").start(() -> {
                try {
                    each.accept(one);
                } catch (RuntimeException e) {
                    faults.add(e);
                }
            }));
        }
        threads.forEach(thread -> join(thread, () -> interrupted.accept(threads)));
        RuntimeException first = faults.poll();
        if (first != null) {
            throw first;
        }
    }

    /// Started calls are awaited even after an interrupt: their writes belong to this sync.
    private static void join(Thread thread, Runnable told) {
        boolean interrupted = false;
        for (boolean over = false; !over;) {
            try {
                thread.join();
                over = true;
            } catch (InterruptedException e) {
                interrupted = true;
                told.run();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
