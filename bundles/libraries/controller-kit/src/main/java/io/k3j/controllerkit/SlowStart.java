package io.k3j.controllerkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
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
                together(done, end, each);
            }
            done = end;
        }
    }

    private static void together(int from, int to, IntConsumer each) {
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
        threads.forEach(SlowStart::join);
        RuntimeException first = faults.poll();
        if (first != null) {
            throw first;
        }
    }

    /// Started calls are awaited even after an interrupt: their writes belong to this sync.
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
