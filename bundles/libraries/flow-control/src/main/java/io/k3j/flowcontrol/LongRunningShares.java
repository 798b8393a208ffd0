package io.k3j.flowcontrol;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// How many of something there may be at once that is kept for as long as its client likes. Each [ClientLane] has as
/// many as every other, so nodes and components are not refused for what users hold; in each but the administrators' a
/// user, be it a node, has a part.
public final class LongRunningShares {
    private final Map<ClientLane, Pool> lanes = new EnumMap<>(ClientLane.class);

    /// @param bounds for each lane
    /// @param refusal what is told to who gets none
    public LongRunningShares(Pool.Bounds bounds, String refusal) {
        for (ClientLane lane : ClientLane.values()) {
            lanes.put(lane, new Pool(bounds, refusal));
        }
    }

    /// One for a user.
    /// @throws io.k3j.clientapi.ApiFault 429
    public Pool.Room take(ClientLane lane, String user) {
        return take(lane, user, null);
    }

    /// The same, which gives way to others who wait, once it was had for long.
    /// @param end as [Pool#room] wants it
    /// @throws io.k3j.clientapi.ApiFault 429
    public Pool.Room take(ClientLane lane, String user, @Nullable Runnable end) {
        Pool.Room room = Objects.requireNonNull(lanes.get(lane)).room(user, lane == ClientLane.EXEMPT, end);
        room.more(1);
        return room;
    }

    /// How many there are.
    public long taken() {
        return sum(Pool::taken);
    }

    /// How many requests got none so far.
    public long refused() {
        return sum(Pool::refused);
    }

    private long sum(ToLongFunction<Pool> of) {
        return lanes.values().stream().mapToLong(of).sum();
    }
}
