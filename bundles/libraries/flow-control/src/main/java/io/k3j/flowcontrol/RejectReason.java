package io.k3j.flowcontrol;

/// Why a request got no seat, in upstream's words.
enum RejectReason {
    /// As many of its flow wait as may.
    QUEUE_FULL("queue-full"),
    /// All seats are taken, and nobody waits at its level.
    CONCURRENCY_LIMIT("concurrency-limit"),
    /// It has waited as long as a request may, or its client has gone.
    TIME_OUT("time-out");

    private final String reason;

    RejectReason(String reason) {
        this.reason = reason;
    }

    /// As metrics have it.
    String reason() {
        return reason;
    }
}
