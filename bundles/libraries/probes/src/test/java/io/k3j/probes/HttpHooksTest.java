package io.k3j.probes;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Hooks of containers that ask a server which speaks HTTP.
@Timeout(120)
class HttpHooksTest {
    /// The first byte of a TLS handshake.
    private static final byte HANDSHAKE = 0x16;
    private static final int LARGEST = 64 * 1024;
    private final BlockingQueue<List<String>> requests = new LinkedBlockingQueue<>();
    private final HandlerRunner runner = new HandlerRunner((ContainerRuntime) Proxy.newProxyInstance(
            ContainerRuntime.class.getClassLoader(), new Class<?>[] {ContainerRuntime.class}, (p, method, a) -> {
                throw new AssertionError(method);
            }), new CountDownLatch(1));
    private volatile String answer = "HTTP/1.1 503 No\r\n\r\n";
    private ServerSocket server;

    @BeforeEach
    void serve() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket s = server.accept()) {
                    answer(s);
                } catch (IOException e) {
                    // the client has gone
                }
            }
        });
    }

    /// What is no request of HTTP gets what servers of HTTP answer then, and is read to its end: who closes earlier
    /// may take the answer back.
    private void answer(Socket s) throws IOException {
        byte[] bytes = new byte[LARGEST];
        int count = s.getInputStream().read(bytes);
        if (count > 0 && bytes[0] == HANDSHAKE) {
            write(s, "HTTP/1.1 400 Bad Request\r\n\r\n");
            s.shutdownOutput();
            s.getInputStream().transferTo(OutputStream.nullOutputStream());
        } else if (count > 0) {
            requests.add(new BufferedReader(new InputStreamReader(
                    new ByteArrayInputStream(Arrays.copyOf(bytes, count)), StandardCharsets.UTF_8)).lines()
                    .takeWhile(l -> !l.isEmpty()).toList());
            write(s, answer);
        }
    }

    private static void write(Socket s, String text) throws IOException {
        s.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Struct get() {
        return Struct.of("port", server.getLocalPort(), "path", "/begin");
    }

    private HandlerRunner.Result hook(Struct get, String address) {
        return runner.hook(Struct.of("httpGet", get),
                new HandlerRunner.Target(Obj.of(Struct.EMPTY), Struct.EMPTY, "c", address), Duration.ofMinutes(1));
    }

    @Test
    void anyAnswerIsASuccess() throws Exception {
        assertThat(hook(get(), "127.0.0.1")).isEqualTo(new HandlerRunner.Result("", "", false));
        assertThat(requests.take()).contains("GET /begin HTTP/1.1", "User-Agent: kube-lifecycle/1.36");
        answer = "HTTP/1.1 301 Moved\r\nLocation: http://192.0.2.1/\r\n\r\n";
        assertThat(hook(get(), "127.0.0.1")).isEqualTo(new HandlerRunner.Result("", "", false));
        answer = "nothing of HTTP\r\n";
        assertThat(hook(get(), "127.0.0.1").problem()).contains("/begin\": malformed HTTP response");
    }

    @Test
    void oneByHttpsThatMeetsHttpIsDoneAgainByHttp() throws Exception {
        Struct secure = get().with("scheme", "HTTPS").with("httpHeaders",
                Seq.of(Struct.of("name", "authorization", "value", "Bearer secret"),
                        Struct.of("name", "X", "value", "y")));
        assertThat(hook(secure, "127.0.0.1")).isEqualTo(new HandlerRunner.Result("",
                "request to HTTPS lifecycle hook 127.0.0.1:" + server.getLocalPort()
                        + " got HTTP response, retry with HTTP succeeded",
                false));
        assertThat(requests.take()).contains("GET /begin HTTP/1.1", "User-Agent: kube-lifecycle/1.36", "X: y")
                .noneMatch(line -> line.contains("secret"));
        answer = "nothing of HTTP\r\n";
        assertThat(hook(secure, "127.0.0.1").problem())
                .isEqualTo("Get \"https://127.0.0.1:" + server.getLocalPort()
                        + "/begin\": http: server gave HTTP response to HTTPS client");
    }

    /// The empty name would be this machine.
    @Test
    void oneOfAPodWithoutAnAddressAsksNobody() {
        assertThat(hook(get(), "").problem()).startsWith("failed to find networking container");
        assertThat(hook(get().with("host", ""), "").problem()).startsWith("failed to find networking container");
        assertThat(requests).isEmpty();
        assertThat(hook(get().with("host", "127.0.0.1"), "").problem()).isEmpty();
    }

    @Test
    void oneThatNobodyAnswersHasFailed() throws Exception {
        server.close();
        assertThat(hook(get(), "127.0.0.1").problem()).isNotEmpty();
    }
}
