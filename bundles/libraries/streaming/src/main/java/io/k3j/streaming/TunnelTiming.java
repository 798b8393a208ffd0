package io.k3j.streaming;

import java.time.Duration;

/// How a tunnel notices that its other end has gone.
///
/// Each is above zero. The server's end uses `silence` only, and looks for it as often as `ping` says. It is also how
/// long one frame may be on its way out: an end that reads nothing has gone, too.
///
/// @param ping between two pings of the agent's side
/// @param silence after which a side that has heard nothing, or could say nothing, ends the session
/// @param sync between two lists of connections of the agent's side
public record TunnelTiming(Duration ping, Duration silence, Duration sync) {
    /// As remotedialer has it.
    public static final TunnelTiming K3S = new TunnelTiming(Duration.ofSeconds(5), Duration.ofSeconds(60),
            Duration.ofSeconds(60));
    /// The header of the upgrade in which an agent says after how many seconds of silence it gives a tunnel up. Stock
    /// agents do not say it, and stock servers do not look at it.
    public static final String SILENCE_HEADER = "k3j-tunnel-silence";
    /// Seconds: what a server waits for in any case.
    private static final int LONGEST = 60;

    /// For the server's side: gives up when the agent does, because what it keeps longer leads nowhere.
    ///
    /// @param said the value of [#SILENCE_HEADER]; anything but a whole number of seconds up to 60 is as in K3s
    /// @return [#K3S], or one that looks every second
    public static TunnelTiming of(String said) {
        int seconds = seconds(said);
        return seconds >= 1 && seconds <= LONGEST
                ? new TunnelTiming(Duration.ofSeconds(1), Duration.ofSeconds(seconds), K3S.sync) : K3S;
    }

    /// @return 0 for anything but one or two digits, the first of which is not 0
    private static int seconds(String said) {
        boolean digits = !said.isEmpty() && said.length() <= 2 && said.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && said.charAt(0) != '0' ? Integer.parseInt(said) : 0;
    }
}
