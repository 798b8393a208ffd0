package io.k3j.kubeproxy;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Events;
import io.k3j.model.Obj;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Tells by Event on a Service that the packet filter of this node refuses its rules: who made it may not see the
/// node's log. [#tell] is for one thread, [#write] and [#step] for another one, [#by] for any.
final class RefusalEvents {
    private static final String REASON = "FailedToApplyRules";
    /// How soon another client is used.
    private static final Duration LOOK = Duration.ofSeconds(1);
    private final String node;
    private final Function<String, Optional<Obj>> services;
    private final TimeSource clock;
    /// Why, by Service as `namespace/name`; one that is tried again and again is told once.
    private final Map<String, String> told = new HashMap<>();
    private final CountDownLatch first = new CountDownLatch(1);
    private volatile @Nullable Events events;

    /// @param services a Service by `namespace/name`
    RefusalEvents(String node, Function<String, Optional<Obj>> services, TimeSource clock) {
        this.node = node;
        this.services = services;
        this.clock = clock;
    }

    /// Tells by this client from now on.
    void by(ApiClient api) {
        events = new Events(api, "kube-proxy", node, clock);
        first.countDown();
    }

    /// Writes one Event, or waits a second for one. Blocks for the API.
    void write() throws InterruptedException {
        first.await();
        if (!step()) {
            Objects.requireNonNull(events).await(LOOK);
        }
    }

    /// Writes one Event. Blocks for the API.
    ///
    /// @return false when none waits
    boolean step() {
        Events recorder = events;
        return recorder != null && recorder.step();
    }

    /// Tells what is refused and was not told. Never blocks.
    ///
    /// @param refused why, by Service as `namespace/name`: all that are refused now
    void tell(Map<String, String> refused) {
        told.keySet().retainAll(refused.keySet());
        Events recorder = events;
        if (recorder != null) {
            refused.forEach((service, why) -> {
                if (!why.equals(told.put(service, why))) {
                    services.apply(service).ifPresent(s -> recorder.warning(s, REASON, "The packet filter of node "
                            + node + " refuses the rules of this Service, which keeps those of before there: " + why));
                }
            });
        }
    }
}
