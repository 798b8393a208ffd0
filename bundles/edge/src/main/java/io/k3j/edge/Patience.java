package io.k3j.edge;

import java.time.Duration;

/// How long a connection may do nothing of what it is waited for; tests have less of it.
///
/// @param full a socket that takes nothing of what waits for it, HTTP/2
/// @param closed an answer whose HTTP/2 window stays closed; any other that takes nothing
/// @param quiet an HTTP/2 connection with streams that says nothing, until it is asked whether it is there
/// @param answer from then on
/// @param look between two looks at one HTTP/2 connection
/// @param paused instead of `closed`, where the client may pause
record Patience(Duration full, Duration closed, Duration quiet, Duration answer, Duration look, Duration paused) {
    /// What every port has.
    static Patience usual() {
        return new Patience(Duration.ofSeconds(Limits.FULL_SECONDS), Duration.ofSeconds(Limits.STALLED_SECONDS),
                Duration.ofSeconds(Limits.QUIET_SECONDS), Duration.ofSeconds(Limits.ANSWER_SECONDS),
                Duration.ofSeconds(Limits.LOOK_SECONDS), Duration.ofSeconds(Limits.PAUSED_SECONDS));
    }
}
