package io.k3j.edge;

import java.util.Map;

/// Sends the head of a response whose body is streamed.
final class LongAnswer extends Message {
    private final ResponseWriter writer;
    private final int status;
    private final Map<String, String> headers;
    private final long length;

    LongAnswer(ResponseWriter writer, int status, Map<String, String> headers, long length) {
        this.writer = writer;
        this.status = status;
        this.headers = headers;
        this.length = length;
    }

    @Override
    void send() {
        writer.head(status, headers, length, false);
    }
}
