package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A `--config` that is an address of the network, whose server does not simply give it.
@Timeout(120)
class ConfigDownloadTest {
    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(String path, int code, String location, String body) {
        server.createContext(path, exchange -> {
            asked.incrementAndGet();
            if (!location.isEmpty()) {
                exchange.getResponseHeaders().set("Location", location);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
            exchange.close();
        });
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private static String download(String url) {
        return ConfigFiles.download(url, 60_000, 60_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 301, 404, 500})
    void anAnswerThatIsNoFileIsNotAnEmptyOne(int code) {
        answer("/config.yaml", code, "", code == 204 ? "" : "token: wrong\n");
        assertThatThrownBy(() -> download(url("/config.yaml"))).isInstanceOf(UsageFailure.class)
                .hasMessageStartingWith("cannot fetch configuration " + url("/config.yaml"))
                .hasMessageContaining("answered " + code);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirectsAreFollowed(int code) {
        answer("/old.yaml", code, "new.yaml", "");
        answer("/new.yaml", 200, "", "token: right\n");
        assertThat(download(url("/old.yaml"))).isEqualTo("token: right\n");
    }

    @Test
    void redirectsAreFollowedToHttps() throws IOException {
        try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().name("no-tls").start(() -> greet(plain));
            answer("/config.yaml", 302, "https://127.0.0.1:" + plain.getLocalPort() + "/config.yaml", "");
            assertThatThrownBy(() -> download(url("/config.yaml"))).as("there is no TLS")
                    .isInstanceOf(UsageFailure.class).hasMessageContaining("SSL");
        }
    }

    private static void greet(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                client.getOutputStream().write("220 no TLS\r\n".getBytes(StandardCharsets.US_ASCII));
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException gone) {
                // it has left, or the test has ended
            }
        }
    }

    @Test
    void redirectsAreNotFollowedForEver() {
        answer("/config.yaml", 302, "/config.yaml", "");
        assertThatThrownBy(() -> download(url("/config.yaml"))).isInstanceOf(UsageFailure.class)
                .hasMessageContaining("stopped after 10 redirects");
        assertThat(asked).hasValue(10);
    }

    @Test
    void aServerCannotPointAtAFileOfThisMachine() {
        answer("/config.yaml", 302, "file:///proc/self/environ", "");
        assertThatThrownBy(() -> download(url("/config.yaml"))).isInstanceOf(UsageFailure.class)
                .hasMessageContaining("unsupported protocol scheme");
    }
}
