package io.k3j.kuberuntime;

import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.Sandbox;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// The time between an exit that the runtime tells of and the one its lists show: containerd publishes an exit before
/// it has written down the new state, on a busy node seconds before, and tells nothing then
/// (<https://github.com/containerd/containerd/blob/release/1.6/pkg/cri/server/events.go>).
public final class ExitLag {
    private static final Duration FIRST = Duration.ofMillis(40);
    /// The longest pause between two looks; the pauses before it are 20 s together.
    private static final Duration LAST = Duration.ofSeconds(10).plusMillis(240);

    private ExitLag() {
    }

    /// Wakes somebody after pauses that double, until an exit is shown, for 20 s at most. Blocks for as long.
    ///
    /// @param closed ends it
    /// @param shown whether the exit is; asked before each wake, so that the last one finds it
    /// @throws InterruptedException when interrupted
    public static void settle(CountDownLatch closed, BooleanSupplier shown, Runnable wake) throws InterruptedException {
        boolean seen = false;
        for (Duration pause = FIRST; !seen && pause.compareTo(LAST) <= 0
                && !closed.await(pause.toMillis(), TimeUnit.MILLISECONDS); pause = pause.multipliedBy(2)) {
            seen = shown.getAsBoolean();
            wake.run();
        }
    }

    /// Whether a runtime shows that a container or sandbox does not run any more. Blocks while it is asked; not while
    /// it cannot be.
    public static boolean shown(ContainerRuntime runtime, String id) {
        try {
            return runtime.container(id).map(c -> !c.running())
                    .orElseGet(() -> runtime.sandbox(id).filter(Sandbox::ready).isEmpty());
        } catch (RuntimeFault unknown) {
            return false;
        }
    }
}
