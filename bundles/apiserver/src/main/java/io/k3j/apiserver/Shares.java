package io.k3j.apiserver;

import io.k3j.apiserver.Seats.Lane;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/// How many of something there may be at once that is kept for as long as its client likes. Each [Lane] has as many as
/// every other, so nodes and components are not refused for what users hold; of those of users one user has a part.
final class Shares {
    private final Map<Lane, Budget> lanes = new EnumMap<>(Lane.class);

    /// @param bounds for each lane
    /// @param refusal what is told to who gets none
    Shares(Budget.Bounds bounds, String refusal) {
        for (Lane lane : Lane.values()) {
            lanes.put(lane, new Budget(bounds, refusal));
        }
    }

    /// One for a user.
    /// @throws io.k3j.clientapi.ApiFault 429
    Budget.Room take(Lane lane, String user) {
        return lanes.get(lane).take(user, 1, lane != Lane.WORKLOAD);
    }

    /// How many there are.
    long taken() {
        return sum(Budget::taken);
    }

    /// How many requests got none so far.
    long refused() {
        return sum(Budget::refused);
    }

    private long sum(ToLongFunction<Budget> of) {
        return lanes.values().stream().mapToLong(of).sum();
    }
}
