package io.k3j.probes;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Hooks of one pod, one after the other, which end with the pod: each runs on a thread of its own, so that whoever
/// deletes the pod need not wait for it, as upstream's. See
/// <https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/>.
///
/// [#problem] is for the pod's thread and blocks for as long as the hook takes; [#cancel] is for any thread.
public final class HookCall {
    /// How long a hook has to let go when its pod's thread is stopped.
    private static final Duration STOP = Duration.ofSeconds(1);
    private volatile @Nullable Thread now;
    private volatile boolean cancelled;

    /// Runs a hook.
    /// @return what it says went wrong; anything once [#cancelled], empty when this thread is interrupted
    public String problem(Supplier<String> hook) {
        FutureTask<String> task = new FutureTask<>(hook::get);
        Thread running = Thread.ofVirtual().name("hook").unstarted(task);
        now = running;
        running.start();
        if (cancelled) {
            running.interrupt();
        }
        try {
            return task.get();
        } catch (InterruptedException e) {
            running.interrupt();
            awaited(running);
            Thread.currentThread().interrupt();
            return "";
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            now = null;
        }
    }

    private static void awaited(Thread running) {
        try {
            running.join(STOP);
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
    }

    /// The pod is to end: the hook that runs is interrupted, and so is any other that begins.
    public void cancel() {
        cancelled = true;
        Thread running = now;
        if (running != null) {
            running.interrupt();
        }
    }

    /// Whether the pod is to end.
    public boolean cancelled() {
        return cancelled;
    }
}
