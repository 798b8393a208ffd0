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
    /// The header of the upgrade in which an agent says after how many seconds of silence it gives a tunnel up. Stock
    /// agents do not say it, and stock servers do not look at it.
    public static final String SILENCE_HEADER = "k3j-tunnel-silence";
    private static final int LONGEST = 60;

    /// For the server's side: gives up when the agent does, because what it keeps longer leads nowhere.
    ///
    /// @param said the value of [#SILENCE_HEADER]; anything but a whole number of seconds up to 60 is as in K3s
    public static TunnelTiming of(String said) {
        boolean whole = said.matches("[1-9][0-9]?") && Integer.parseInt(said) <= LONGEST;
        return whole ? new TunnelTiming(Duration.ofSeconds(1), Duration.ofSeconds(Integer.parseInt(said)), K3S.sync)
                : K3S;
    }
}
