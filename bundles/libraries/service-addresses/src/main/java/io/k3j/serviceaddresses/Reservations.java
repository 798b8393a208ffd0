package io.k3j.serviceaddresses;

import io.k3j.model.Key;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The Service that holds each value (an address, a node port), in memory. A value taken by a write is *pending*
/// until the view shows the write, the write is abandoned, or its time is over. For any thread.
public final class Reservations {
    /// How long a value is pending at most: longer than any write takes. A write whose outcome is unknown is never
    /// abandoned; until its claim in the datastore may be taken over ([ServiceClaims#ABANDONED], which has to be
    /// longer) the claim alone keeps others from the value, and a repeated write renews it.
    static final Duration PENDING = Duration.ofMinutes(1);
    private final Map<String, Key> held = new HashMap<>();
    private final Map<String, Pending> pending = new HashMap<>();
    private final InstantSource clock;

    /// The Service a write takes a value for, and until when.
    private record Pending(Key service, Instant until) {
    }

    /// Empty reservations; `clock` tells when pending ones end.
    public Reservations(InstantSource clock) {
        this.clock = clock;
    }

    /// Takes a value for a Service; false when another Service has it.
    public synchronized boolean take(String value, Key service) {
        if (others(value, service)) {
            return false;
        }
        if (!held.containsKey(value)) {
            pending.put(value, new Pending(service, clock.instant().plus(PENDING)));
        }
        return true;
    }

    /// Takes values for a Service, all or none.
    /// @return one that another Service has; empty when all are taken
    public synchronized Optional<String> takeAll(Collection<String> values, Key service) {
        Optional<String> other = values.stream().filter(v -> others(v, service)).findFirst();
        if (other.isEmpty()) {
            values.forEach(v -> take(v, service));
        }
        return other;
    }

    private boolean others(String value, Key service) {
        Key holder = held.getOrDefault(value, taker(value));
        return holder != null && !holder.equals(service);
    }

    /// The Service of a write that is under way, null when there is none.
    private @Nullable Key taker(String value) {
        Pending one = pending.get(value);
        return one == null || clock.instant().isAfter(one.until) ? null : one.service;
    }

    /// The Service that holds a value by what the view shows; empty when none does, whatever is pending.
    public synchronized Optional<Key> holder(String value) {
        return Optional.ofNullable(held.get(value));
    }

    /// Whether no Service has a value.
    public synchronized boolean free(String value) {
        return !held.containsKey(value) && taker(value) == null;
    }

    /// Drops pending values of a Service whose write failed.
    public synchronized void release(Collection<String> values, Key service) {
        values.forEach(v -> end(v, service));
    }

    /// Records what the view shows of a Service: it holds the values `now` and no longer the rest of `before`.
    public synchronized void observe(Key service, Set<String> before, Set<String> now) {
        before.stream().filter(v -> !now.contains(v)).forEach(v -> held.remove(v, service));
        for (String value : now) {
            held.put(value, service);
            end(value, service);
        }
    }

    private void end(String value, Key service) {
        Pending one = pending.get(value);
        if (one != null && one.service.equals(service)) {
            pending.remove(value);
        }
    }
}
