package io.k3j.controllerkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Drives loops on virtual threads of its own until it is closed. The only owner of threads here.
public final class LoopRunner implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final Duration UNSYNCED = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final String name;
    private final List<Loop> loops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    /// A runner whose threads carry this name.
    public LoopRunner(String name) {
        this.name = name;
    }

    /// Drives a loop with so many workers.
    public LoopRunner drive(Loop loop, int workers) {
        loops.add(loop);
        for (int i = 0; i < workers; i++) {
            start(loop.name() + "-" + i, () -> turn(loop));
        }
        return this;
    }

    /// Drives a recorder of events.
    public LoopRunner drive(Events events) {
        start("events", () -> {
            if (!events.step()) {
                events.await(IDLE);
            }
        });
        return this;
    }

    /// Calls `turn` again and again until closed; it must return within seconds.
    public void start(String what, Runnable turn) {
        threads.add(Thread.ofVirtual().name(name + "-" + what).start(() -> {
            while (!closed && !Thread.currentThread().isInterrupted()) {
                turn.run();
            }
        }));
    }

    /// Reports once in a while: empty when all is well, else the sentence of a loop in trouble.
    public LoopRunner report(Consumer<String> health) {
        Object pause = new Object();
        start("health", () -> {
            health.accept(trouble());
            synchronized (pause) {
                try {
                    pause.wait(1_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        return this;
    }

    /// Empty when all is well, else what goes wrong or is waited for.
    public String trouble() {
        Optional<String> waits = loops.stream().filter(l -> !l.synced()).map(l -> "waiting for views of " + l.name())
                .findFirst();
        return waits
                .orElseGet(() -> loops.stream().map(Loop::trouble).filter(t -> !t.isEmpty()).findFirst().orElse(""));
    }

    /// Ends all work: what is under way may finish for four seconds, then its thread is interrupted.
    @Override
    public void close() {
        closed = true;
        loops.forEach(l -> l.queue().wake());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        threads.stream().filter(t -> t.getName().endsWith("-events") || t.getName().endsWith("-health"))
                .forEach(Thread::interrupt);
        for (Thread thread : threads) {
            join(thread, deadline);
        }
    }

    private void join(Thread thread, long deadline) {
        try {
            if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void turn(Loop loop) {
        if (loop.step()) {
            return;
        }
        if (loop.synced()) {
            loop.queue().await(IDLE);
        } else {
            loop.queue().pause(UNSYNCED);
        }
    }
}
