package io.k3j.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A TLS 1.2 client that renegotiates repeatedly. A Java property forbids it; the launcher and this module's tests
/// set it.
@Timeout(360)
class RenegotiationTest {
    @Test
    void refusesClientInitiatedRenegotiation() throws Exception {
        try (TestPort port = TestPort.start()) {
            port.serve("/", exchange -> exchange.respond(200, Map.of(), "ok".getBytes(UTF_8)));
            try (SSLSocket socket = connected(port)) {
                assertThatThrownBy(() -> again(socket)).isInstanceOf(IOException.class);
            }
        }
    }

    /// The server waits ten seconds for a handshake, which may be too short for a client that gets no processor.
    private static SSLSocket connected(TestPort port) throws Exception {
        AtomicReference<SSLSocket> connected = new AtomicReference<>();
        Waiting.until("a handshake", () -> {
            SSLSocket socket = (SSLSocket) port.anonymous().getSocketFactory().createSocket("localhost",
                    port.number());
            connected.set(socket);
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setSoTimeout(20_000);
            try {
                socket.startHandshake();
                return true;
            } catch (IOException late) {
                socket.close();
                throw late;
            }
        });
        return connected.get();
    }

    private static void again(SSLSocket socket) throws IOException {
        socket.startHandshake();
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
        if (socket.getInputStream().read() < 0) {
            throw new IOException("hung up");
        }
    }
}
