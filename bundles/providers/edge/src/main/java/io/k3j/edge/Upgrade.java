package io.k3j.edge;

import java.util.Map;

/// Switches a connection from HTTP to raw bytes.
final class Upgrade extends Message {
    private final ResponseWriter writer;
    private final Map<String, String> headers;
    private final RawDuplex duplex;

    Upgrade(ResponseWriter writer, Map<String, String> headers, RawDuplex duplex) {
        this.writer = writer;
        this.headers = headers;
        this.duplex = duplex;
    }

    @Override
    void send() {
        writer.upgrade(headers, duplex);
    }
}
