package io.k3j.edge;

/// The end of an exchange that is not to be answered any further.
final class Reset extends Message {
    private final Wire wire;

    Reset(Wire wire) {
        this.wire = wire;
    }

    @Override
    void send() {
        wire.reset();
    }
}
