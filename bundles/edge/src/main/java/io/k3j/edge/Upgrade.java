package io.k3j.edge;

import java.util.Map;

/// The way out of HTTP.
final class Upgrade extends Message {
    private final Wire wire;
    private final Map<String, String> headers;
    private final RawDuplex duplex;

    Upgrade(Wire wire, Map<String, String> headers, RawDuplex duplex) {
        this.wire = wire;
        this.headers = headers;
        this.duplex = duplex;
    }

    @Override
    void send() {
        wire.upgrade(headers, duplex);
    }
}
