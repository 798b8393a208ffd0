package io.k3j.probes;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Probes of a scripted HTTP server.
@Timeout(120)
class HandlerRunnerTest {
    /// Where the time is not what is tested.
    private static final Duration LONG = Duration.ofMinutes(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final BlockingQueue<List<String>> requests = new LinkedBlockingQueue<>();
    private final HandlerRunner runner = new HandlerRunner((ContainerRuntime) Proxy.newProxyInstance(
            ContainerRuntime.class.getClassLoader(), new Class<?>[] {ContainerRuntime.class}, (p, method, a) -> {
                throw new AssertionError(method);
            }), over);
    private ServerSocket server;

    /// What the server does with a request.
    private interface Script {
        void answer(String target, OutputStream out) throws IOException, InterruptedException;
    }

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        over.countDown();
        server.close();
    }

    @Test
    void anAnswerThatTricklesFailsWhenTheTimeIsOver() {
        serve((target, out) -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.UTF_8));
            while (!over.await(100, TimeUnit.MILLISECONDS)) {
                out.write("a: b\r\n".getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        });
        assertThat(run("/", Duration.ofSeconds(1)).problem()).isEqualTo(asked("/",
                "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"));
    }

    @Test
    void aHeadWithoutEndFails() {
        serve((target, out) -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.UTF_8));
            byte[] lines = "a: b\r\n".repeat(10_000).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 10; i++) {
                out.write(lines);
            }
            out.write("\r\n".getBytes(StandardCharsets.UTF_8));
        });
        assertThat(get("/")).isEqualTo(asked("/", "header too long"));
    }

    @Test
    void redirectsToTheSameHostAreFollowed() throws InterruptedException {
        serve((target,
                out) -> out.write((target.equals("/a/b%20%5Bc%5D?%C3%A4%25%20")
                        ? "HTTP/1.1 302 Found\r\nlocation: ../next?x=1\r\n\r\n"
                        : target.equals("/next?x=1")
                                ? "HTTP/1.1 307 T\r\nLocation: http://127.0.0.1:" + server.getLocalPort()
                                        + "\r\n\r\n"
                                : "HTTP/1.1 503 No\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8)));
        assertThat(get("/a/b [c]?ä%%20")).isEqualTo("HTTP probe failed with statuscode: 503");
        assertThat(requests.take()).contains("GET /a/b%20%5Bc%5D?%C3%A4%25%20 HTTP/1.1", "Host: named", "X: y");
        assertThat(requests.take()).contains("GET /next?x=1 HTTP/1.1", "Host: named", "X: y");
        assertThat(requests.take()).contains("GET / HTTP/1.1", "Host: 127.0.0.1:" + server.getLocalPort(), "X: y");
    }

    @Test
    void aRedirectToAnotherHostIsASuccessWithAWarning() {
        serve((target, out) -> out.write(("HTTP/1.1 301 Moved\r\nLocation: http://192.0.2.1/\r\nContent-Length: 5\r\n"
                + "\r\nmovedabroad").getBytes(StandardCharsets.UTF_8)));
        assertThat(run("/", LONG)).isEqualTo(new HandlerRunner.Result("",
                "Probe terminated redirects, Response body: moved", false));
        assertThat(requests).hasSize(1);
    }

    @Test
    void aRedirectToNowhereIsASuccessWithAWarning() {
        serve((target, out) -> out.write("HTTP/1.1 304 Not Modified\r\n\r\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(run("/", LONG)).isEqualTo(new HandlerRunner.Result("",
                "Probe terminated redirects, Response body: ", false));
    }

    @Test
    void aSuccessIsOneWithoutAWarning() {
        serve((target, out) -> out.write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(run("/", LONG)).isEqualTo(new HandlerRunner.Result("", "", false));
    }

    @Test
    void writesOneRequest() throws InterruptedException {
        serve((target, out) -> out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.UTF_8)));
        String more = " HTTP/1.1\r\nHost: x\r\n\r\nPUT /latest/api/token HTTP/1.1";
        assertThat(get("/" + more)).isEmpty();
        assertThat(requests.take().getFirst())
                .isEqualTo("GET /%20HTTP/1.1%0D%0AHost:%20x%0D%0A%0D%0APUT%20/latest/api/token%20HTTP/1.1 HTTP/1.1");
        assertThat(header("X-A", "a\r\n\r\nPUT / HTTP/1.1")).isEqualTo(asked("/",
                "net/http: invalid header field value for \"X-A\""));
        assertThat(header("X-A: b\r\nX-B", "c")).contains("net/http: invalid header field name ");
        assertThat(requests).isEmpty();
        assertThat(header("X-A", "a\tb")).isEmpty();
    }

    private String header(String name, String value) {
        Struct handler = Struct.of("httpGet", Struct.of("port", server.getLocalPort(), "path", "/", "httpHeaders",
                Seq.of(Struct.of("name", name, "value", value))));
        return runner.run(handler, new HandlerRunner.Target(Obj.of(Struct.EMPTY), Struct.EMPTY, "c", "127.0.0.1"),
                LONG).problem();
    }

    @Test
    void redirectsEndAfterTenRequests() {
        serve((target, out) -> out.write("HTTP/1.1 301 Moved\r\nLocation: /again\r\n\r\n"
                .getBytes(StandardCharsets.UTF_8)));
        assertThat(get("/")).isEqualTo(asked("/", "stopped after 10 redirects"));
        assertThat(requests).hasSize(10);
    }

    private String asked(String path, String problem) {
        return "Get \"http://127.0.0.1:" + server.getLocalPort() + path + "\": " + problem;
    }

    private String get(String path) {
        return run(path, LONG).problem();
    }

    private HandlerRunner.Result run(String path, Duration timeout) {
        Struct handler = Struct.of("httpGet", Struct.of("port", server.getLocalPort(), "path", path, "httpHeaders",
                Seq.of(Struct.of("name", "Host", "value", "named"), Struct.of("name", "X", "value",
                        "y"))));
        return runner.run(handler, new HandlerRunner.Target(Obj.of(Struct.EMPTY), Struct.EMPTY, "c", "127.0.0.1"),
                timeout);
    }

    private void serve(Script script) {
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket s = server.accept()) {
                    BufferedReader in = new BufferedReader(new InputStreamReader(s.getInputStream(),
                            StandardCharsets.UTF_8));
                    List<String> head = in.lines().takeWhile(l -> !l.isEmpty()).toList();
                    requests.add(head);
                    script.answer(head.getFirst().substring(4, head.getFirst().length() - 9), s.getOutputStream());
                } catch (IOException e) {
                    // the client has gone
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
    }
}
