package io.k3j.componentbase;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.FreePort;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpPortTest {
    /// More than the buffers of two sockets hold.
    private static final String LARGE = "x".repeat(32 << 20);
    private final InetSocketAddress address = new InetSocketAddress("127.0.0.1", FreePort.next());
    private HttpPort port;

    @BeforeEach
    void listen() throws IOException {
        port = new HttpPort(Health.none(), "port", address,
                path -> path.equals("/large") ? HttpPort.Answer.text(LARGE) : HttpPort.Answer.NOT_FOUND);
    }

    @AfterEach
    void close() {
        port.close();
    }

    private Socket connected() throws IOException {
        Socket socket = new Socket();
        socket.connect(address);
        return socket;
    }

    private static boolean refuses(OutputStream out, String more) {
        try {
            out.write(more.getBytes(StandardCharsets.ISO_8859_1));
            return false;
        } catch (IOException gone) {
            return true;
        }
    }

    @Test
    void whoSendsSlowlyIsLeft() throws IOException, InterruptedException {
        try (Socket client = connected()) {
            OutputStream out = client.getOutputStream();
            Waiting.until("the connection ends", () -> refuses(out, "G"));
        }
    }

    @Test
    void whoReadsNothingIsLeft() throws IOException, InterruptedException {
        try (Socket client = connected()) {
            OutputStream out = client.getOutputStream();
            out.write("GET /large HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            Waiting.until("the connection ends", () -> refuses(out, "more"));
        }
    }

    @Test
    void aLargeAnswerIsWhole() throws IOException {
        try (Socket client = connected()) {
            client.getOutputStream().write("GET /large?x HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n" + LARGE);
        }
    }

    @Test
    void aQueryWithoutAPathIsAnswered() throws IOException {
        try (Socket client = connected()) {
            client.getOutputStream().write("GET ? HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .startsWith("HTTP/1.1 404 Not Found\r\n");
        }
    }

    @Test
    void aPortThatWasClosedIsFree() throws IOException {
        port.close();
        for (int n = 0; n < 300; n++) {
            port = new HttpPort(Health.none(), "port", address, _ -> HttpPort.Answer.NOT_FOUND);
            try (Socket client = connected()) {
                client.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                assertThat(client.getInputStream().readAllBytes()).isNotEmpty();
            }
            port.close();
        }
    }
}
