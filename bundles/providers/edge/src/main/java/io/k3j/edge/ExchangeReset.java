package io.k3j.edge;

/// Resets an exchange that gets no further response data.
final class ExchangeReset extends Message {
    private final ResponseWriter writer;

    ExchangeReset(ResponseWriter writer) {
        this.writer = writer;
    }

    @Override
    void send() {
        writer.reset();
    }
}
