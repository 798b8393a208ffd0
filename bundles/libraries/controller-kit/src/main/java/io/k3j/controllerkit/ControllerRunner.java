package io.k3j.controllerkit;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Drives loops on virtual threads of its own until it is closed. A thread that ends by an exception nobody thought
/// of begins anew (`SupervisedLoop`). Set up by one thread.
public final class ControllerRunner implements AutoCloseable {
    /// The longest wait for a key; a limit, since whatever is due wakes the thread.
    private static final Duration IDLE = Duration.ofSeconds(5);
    /// How often a loop looks whether its views have told everything, should it have gone to wait just as they had;
    /// else they wake it.
    private static final Duration UNSYNCED = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    /// How long the interrupted have to end.
    private static final Duration INTERRUPTED = Duration.ofMillis(500);

    private final String name;
    private final List<Controller> loops = new ArrayList<>();
    private final List<SupervisedLoop> threads = new ArrayList<>();
    /// Those that write nothing that must be finished: they are interrupted at once.
    private final List<SupervisedLoop> idle = new ArrayList<>();
    private final Health health;
    private volatile boolean closed;

    /// A runner whose threads carry this name.
    ///
    /// @param health where they report
    public ControllerRunner(String name, Health health) {
        this.health = health;
        this.name = name;
    }

    /// Drives a loop with so many workers, which begin at once.
    public ControllerRunner drive(Controller loop, int workers) {
        loops.add(loop);
        for (int i = 0; i < workers; i++) {
            start(loop.name() + "-" + i, () -> turn(loop));
        }
        return this;
    }

    /// Drives a recorder of events.
    public ControllerRunner drive(Events events) {
        idle.add(begin("events", () -> {
            if (!events.step()) {
                events.await(IDLE);
            }
        }));
        return this;
    }

    /// Calls `turn` again and again until closed; it must return within seconds, and wait by itself when there is
    /// nothing to do.
    public void start(String what, Runnable turn) {
        begin(what, turn);
    }

    private SupervisedLoop begin(String what, Runnable turn) {
        SupervisedLoop loop = SupervisedLoop.virtual(health, name + "-" + what, () -> {
            while (!closed && !Thread.currentThread().isInterrupted()) {
                turn.run();
            }
        });
        threads.add(loop);
        return loop.start();
    }

    /// Reports once a second: empty when all is well, else the sentence of a loop in trouble.
    ///
    /// @param listener called on a thread of its own
    public ControllerRunner report(Consumer<String> listener) {
        Object pause = new Object();
        idle.add(begin("health", () -> {
            listener.accept(trouble());
            synchronized (pause) {
                try {
                    pause.wait(1_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }));
        return this;
    }

    /// Empty when all is well, else what goes wrong or is waited for.
    public String trouble() {
        Optional<String> waits = loops.stream().filter(l -> !l.synced()).map(l -> "waiting for views of " + l.name())
                .findFirst();
        return waits
                .orElseGet(
                        () -> loops.stream().map(Controller::trouble).filter(t -> !t.isEmpty()).findFirst().orElse(""));
    }

    /// Ends all work: what is under way may finish for four seconds, then its thread is interrupted, and all that were
    /// are waited for another half a second.
    @Override
    public void close() {
        closed = true;
        loops.forEach(l -> l.queue().wake());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        threads.forEach(SupervisedLoop::close);
        idle.forEach(SupervisedLoop::interrupt);
        threads.forEach(thread -> join(thread, deadline));
        long end = System.nanoTime() + INTERRUPTED.toNanos();
        threads.forEach(SupervisedLoop::interrupt);
        threads.forEach(thread -> thread.stop(Duration.ofNanos(Math.max(0, end - System.nanoTime()))));
    }

    private static void join(SupervisedLoop thread, long deadline) {
        try {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// While views are missing, added keys wait as well.
    private void turn(Controller loop) {
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
