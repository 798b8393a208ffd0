package io.k3j.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A TLS 1.2 client that renegotiates repeatedly. A Java property forbids it; the launcher and this module's tests
/// set it.
@Timeout(120)
class RenegotiationTest {
    @Test
    void refusesClientInitiatedRenegotiation() throws Exception {
        try (TestPort port = TestPort.start()) {
            port.serve("/", exchange -> exchange.respond(200, Map.of(), "ok".getBytes(UTF_8)));
            try (SSLSocket socket = (SSLSocket) port.anonymous().getSocketFactory().createSocket("localhost",
                    port.number())) {
                socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                socket.setSoTimeout(20_000);
                socket.startHandshake();
                assertThatThrownBy(() -> again(socket)).isInstanceOf(IOException.class);
            }
        }
    }

    private static void again(SSLSocket socket) throws IOException {
        socket.startHandshake();
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
        if (socket.getInputStream().read() < 0) {
            throw new IOException("hung up");
        }
    }
}
