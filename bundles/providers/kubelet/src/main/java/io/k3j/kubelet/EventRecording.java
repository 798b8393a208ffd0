package io.k3j.kubelet;

import io.k3j.kubeletimages.RateLimit;
import io.k3j.kubeletoptions.RateOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Writes the kubelet's events, no more often than it is told. Those that are too many wait, as many as there is room
/// for in [io.k3j.controllerkit.Events].
final class EventRecording {
    private static final Duration IDLE = Duration.ofSeconds(1);
    private final Dependencies tools;
    private final RateLimit limit;

    /// @throws IllegalArgumentException for a rate that is none
    EventRecording(Dependencies tools) {
        this.tools = tools;
        limit = RateOptions.events(tools.options(), tools.clock().monotonic());
    }

    /// Runs until the kubelet is closed.
    void run() throws InterruptedException {
        while (tools.closed().getCount() > 0) {
            if (tools.events().step()) {
                tools.closed().await(limit.take().toNanos(), TimeUnit.NANOSECONDS);
            } else {
                tools.events().await(IDLE);
            }
        }
    }
}
