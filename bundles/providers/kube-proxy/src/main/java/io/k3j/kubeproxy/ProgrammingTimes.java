package io.k3j.kubeproxy;

import io.k3j.model.Obj;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Since when the endpoints of Services are waited for, by what the controller of EndpointSlices writes into their
/// annotation: upstream's network programming latency
/// (<https://github.com/kubernetes/community/blob/master/sig-scalability/slos/network_programming_latency.md>).
///
/// [#changed] is for any thread, the rest for the one that writes rules. Bounded by [#MOST] times of each Service.
final class ProgrammingTimes {
    private static final String TRIGGER = "endpoints.kubernetes.io/last-change-trigger-time";
    /// Of a Service whose rules the kernel does not take; further times of it are not counted.
    private static final int MOST = 1000;
    /// How far the clocks of two nodes may be apart. What is said to have happened later than that has not: who may
    /// write EndpointSlices may write any time.
    private static final Duration SKEW = Duration.ofMinutes(1);
    private final Instant started;
    private final InstantSource clock;
    private final Map<String, Queue<Instant>> waiting = new ConcurrentHashMap<>();
    private final List<Instant> settled = new ArrayList<>();

    /// @param started what has changed before then was not waited for by this proxy
    ProgrammingTimes(Instant started, InstantSource clock) {
        this.started = started;
        this.clock = clock;
    }

    /// A slice was made or has changed.
    void changed(List<String> services, Obj slice) {
        Instant latest = clock.instant().plus(SKEW);
        trigger(slice).filter(at -> at.isAfter(started) && !at.isAfter(latest)).ifPresent(at -> {
            for (String service : services) {
                Queue<Instant> times = waiting.computeIfAbsent(service, s -> new ConcurrentLinkedQueue<>());
                if (times.size() < MOST) {
                    times.add(at);
                }
            }
        });
    }

    private static Optional<Instant> trigger(Obj slice) {
        try {
            return Optional.ofNullable(slice.annotations().get(TRIGGER)).map(t -> OffsetDateTime.parse(t).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /// The rules of a Service stand.
    void settled(String service) {
        Queue<Instant> times = waiting.remove(service);
        if (times != null) {
            settled.addAll(times);
        }
    }

    /// The times of what has settled since the last call.
    List<Instant> programmed() {
        List<Instant> all = List.copyOf(settled);
        settled.clear();
        return all;
    }
}
