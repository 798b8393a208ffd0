package io.k3j.kubelet;

import io.k3j.kubeletimages.RateLimit;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Writes the kubelet's events, no more often than it is told. Those that are too many wait, as many as there is room
/// for in [io.k3j.controllerkit.Events].
final class EventRecording {
    private static final Duration IDLE = Duration.ofSeconds(1);
    private final Dependencies tools;
    private final RateLimit limit;

    EventRecording(Dependencies tools) {
        this.tools = tools;
        limit = RateOptions.events(tools.options(), tools.clock().monotonic());
    }

    /// Runs until the kubelet is closed.
    void run() throws InterruptedException {
        while (tools.closed().getCount() > 0) {
            if (tools.events().step()) {
                pace();
            } else {
                tools.events().await(IDLE);
            }
        }
    }

    private void pace() throws InterruptedException {
        Duration wait = limit.take();
        while (!wait.isZero() && !tools.closed().await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            wait = limit.take();
        }
    }
}
