package io.k3j.nodeproxy;

import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Struct;
import io.k3j.streaming.WebSocket;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Sends a log as WebSocket messages, as upstream's `wsstream.Reader` does: an empty message first, then the
/// bytes as they arrive, base64 text with `base64.binary.k8s.io`. Ignores the client's messages except its
/// close, and keeps nothing of them.
final class LogSocket {
    private static final String BASE64 = "base64.binary.k8s.io";
    private static final List<String> PROTOCOLS = List.of("binary.k8s.io", BASE64);
    private static final int BLOCK_BYTES = 16 * 1024;
    private final Exchange exchange;
    private final String key;
    private final String protocol;

    private LogSocket(Exchange exchange, String key, String protocol) {
        this.exchange = exchange;
        this.key = key;
        this.protocol = protocol;
    }

    /// The WebSocket a request asks for; empty for a plain HTTP request.
    /// @throws ApiFault when none of its protocols is supported, or its key is missing
    static Optional<LogSocket> ofRequest(Exchange exchange) {
        boolean wanted = exchange.header("upgrade").filter("websocket"::equalsIgnoreCase).isPresent()
                && WebSocket.protocol(exchange.headers().getOrDefault("connection", List.of()),
                        List.of("Upgrade", "upgrade")).isPresent();
        if (!wanted) {
            return Optional.empty();
        }
        String key = exchange.header("sec-websocket-key")
                .orElseThrow(() -> ApiFault.badRequest("the header Sec-WebSocket-Key is missing"));
        List<String> offered = exchange.headers().getOrDefault("sec-websocket-protocol", List.of());
        String protocol = offered.isEmpty() ? "" : WebSocket.protocol(offered, PROTOCOLS).orElseThrow(
                () -> new ApiFault(403, "Forbidden", "requested protocol(s) are not supported: " + offered
                        + "; supports " + PROTOCOLS, Struct.EMPTY));
        return Optional.of(new LogSocket(exchange, key, protocol));
    }

    /// Performs the handshake and sends the whole log; closes `back`, the source, when the client closes first.
    void relay(InputStream log, ByteDuplex back) throws IOException {
        Map<String, String> head = new LinkedHashMap<>(Map.of("connection", "Upgrade", "upgrade", "websocket",
                "sec-websocket-accept", WebSocket.accept(key)));
        if (!protocol.isEmpty()) {
            head.put("sec-websocket-protocol", protocol);
        }
        try (ByteDuplex front = exchange.upgrade(head)) {
            WebSocket socket = new WebSocket(front.input(), front.output());
            Thread.ofVirtual().name("log-socket").start(() -> awaitClose(socket, back));
            send(socket, new byte[0]);
            byte[] block = new byte[BLOCK_BYTES];
            for (int n = log.read(block); n >= 0; n = log.read(block)) {
                send(socket, Arrays.copyOf(block, n));
            }
            socket.end();
        }
    }

    private void send(WebSocket socket, byte[] bytes) throws IOException {
        if (protocol.equals(BASE64)) {
            socket.sendText(Base64.getEncoder().encode(bytes));
        } else {
            socket.send(bytes);
        }
    }

    private static void awaitClose(WebSocket socket, ByteDuplex back) {
        try {
            socket.awaitClose();
        } catch (IOException e) {
            // a broken connection also ends the log
        } finally {
            back.close();
        }
    }
}
