package io.k3j.streaming;

import java.time.Duration;

/// How a tunnel notices that its other end has gone.
///
/// @param ping between two pings of the agent's side
/// @param silence after which a side that has heard nothing ends the session
/// @param sync between two lists of connections of the agent's side
public record TunnelTiming(Duration ping, Duration silence, Duration sync) {
    /// As remotedialer has it.
    public static final TunnelTiming K3S = new TunnelTiming(Duration.ofSeconds(5), Duration.ofSeconds(60),
            Duration.ofSeconds(60));
}
