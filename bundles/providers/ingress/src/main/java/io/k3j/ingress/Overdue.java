package io.k3j.ingress;

import java.util.concurrent.TimeUnit;

/// What a request may wait for too long.
enum Overdue {
    /// The client takes nothing of its answer.
    STALLED(IngressLimits.STALLED_SECONDS, ErrorAnswer.BAD_GATEWAY, "the client takes nothing"),
    /// Nothing moves in either direction.
    SILENT(IngressLimits.SILENT_SECONDS, ErrorAnswer.GATEWAY_TIMEOUT, "nothing is sent"),
    /// The client does not send its body.
    BODY(IngressLimits.BODY_SECONDS, ErrorAnswer.REQUEST_TIMEOUT, "the body does not come"),
    /// The endpoint does not begin its answer.
    ANSWER(IngressLimits.ANSWER_SECONDS, ErrorAnswer.GATEWAY_TIMEOUT, "the endpoint does not answer");

    private final long nanos;
    private final ErrorAnswer answer;
    private final String why;

    Overdue(long seconds, ErrorAnswer answer, String why) {
        this.nanos = TimeUnit.SECONDS.toNanos(seconds);
        this.answer = answer;
        this.why = why;
    }

    /// Whether that is so for what has waited from `begun` to `now`.
    boolean since(long begun, long now) {
        return now - begun > nanos;
    }

    /// What the client is told, if it has not been told anything yet.
    ErrorAnswer answer() {
        return answer;
    }

    /// For the log.
    String why() {
        return why;
    }
}
