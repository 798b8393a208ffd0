package io.k3j.edge;

import java.util.Map;

/// The head of an answer whose body follows bit by bit.
final class LongAnswer extends Message {
    private final Wire wire;
    private final int status;
    private final Map<String, String> headers;
    private final long length;

    LongAnswer(Wire wire, int status, Map<String, String> headers, long length) {
        this.wire = wire;
        this.status = status;
        this.headers = headers;
        this.length = length;
    }

    @Override
    void send() {
        wire.head(status, headers, length, false);
    }
}
