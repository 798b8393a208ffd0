package io.k3j.edge;

import java.time.Duration;

/// Timeouts of a connection; tests use shorter ones.
///
/// @param full until an HTTP/2 connection is reset whose socket stays full
/// @param closed until a response is reset whose HTTP/2 window stays closed, or that takes nothing in HTTP/1.1
/// @param quiet until an HTTP/2 connection with streams is pinged that receives nothing
/// @param answer until a ping must be answered
/// @param checkInterval between two checks of one HTTP/2 connection
/// @param paused replaces `closed` for responses that the client may pause
record Patience(Duration full, Duration closed, Duration quiet, Duration answer, Duration checkInterval,
        Duration paused) {
    /// The timeouts of production.
    static Patience defaults() {
        return new Patience(Duration.ofSeconds(Limits.FULL_SECONDS), Duration.ofSeconds(Limits.STALLED_SECONDS),
                Duration.ofSeconds(Limits.PING_AFTER_SECONDS), Duration.ofSeconds(Limits.PING_TIMEOUT_SECONDS),
                Duration.ofSeconds(Limits.CHECK_SECONDS), Duration.ofSeconds(Limits.PAUSED_SECONDS));
    }
}
