package io.k3j.probes;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.ExecResult;
import io.k3j.nodeapi.RuntimeFault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is asked of containers and servers, and what Events say of those that do not answer: Go's words.
@Timeout(120)
class ProbeWordsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private final List<Object> commands = new ArrayList<>();
    private final HandlerRunner runner = new HandlerRunner((ContainerRuntime) Proxy.newProxyInstance(
            ContainerRuntime.class.getClassLoader(), new Class<?>[] {ContainerRuntime.class}, (p, method, a) -> {
                commands.add(a[1]);
                if (a[1].equals(List.of("away"))) {
                    throw new RuntimeFault(RuntimeFault.Kind.UNAVAILABLE, "no container runtime");
                }
                return new ExecResult(0, new byte[0], new byte[0]);
            }), new CountDownLatch(1));

    private HandlerRunner.Target target(Struct container) {
        return new HandlerRunner.Target(Obj.of(Struct.EMPTY), container, "c", "127.0.0.1");
    }

    private HandlerRunner.Result run(Struct handler) {
        return runner.run(handler, target(Struct.EMPTY), LONG);
    }

    /// One that nobody listens at.
    private static int closedPort() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return server.getLocalPort();
        }
    }

    @Test
    void nobodyWhoListensIsToldWithWhatWasAsked() throws IOException {
        int port = closedPort();
        assertThat(run(Struct.of("httpGet", Struct.of("port", port, "path", "/a?b=c"))).problem())
                .isEqualTo("Get \"http://127.0.0.1:" + port + "/a?b=c\": dial tcp 127.0.0.1:" + port
                        + ": connect: connection refused");
        assertThat(run(Struct.of("tcpSocket", Struct.of("port", port))).problem())
                .isEqualTo("dial tcp 127.0.0.1:" + port + ": connect: connection refused");
        assertThat(run(Struct.of("grpc", Struct.of("port", port))).problem())
                .isEqualTo("timeout: failed to connect service \"127.0.0.1:" + port
                        + "\" within 1m0s: context deadline exceeded");
        assertThat(run(Struct.of("tcpSocket", Struct.of("port", port, "host", "no.such.name.invalid"))).problem())
                .isEqualTo("dial tcp: lookup no.such.name.invalid: no such host");
    }

    @Test
    void aPortThatIsNoneIsAnErrorAndSaysNothingOfTheContainer() {
        HandlerRunner.Result named = run(Struct.of("httpGet", Struct.of("port", "web")));
        assertThat(named.errored()).isTrue();
        assertThat(named.problem()).isEqualTo("strconv.Atoi: parsing \"web\": invalid syntax");
        HandlerRunner.Result zero = run(Struct.of("tcpSocket", Struct.of("port", 0)));
        assertThat(zero.errored()).isTrue();
        assertThat(zero.problem()).isEqualTo("invalid port number: 0");
    }

    @Test
    void commandsOfProbesHaveTheVariablesThatTheSpecGivesAValue() {
        Struct container = Struct.of("env", Seq.of(Struct.of("name", "A", "value", "one"),
                Struct.of("name", "B", "valueFrom", Struct.of("fieldRef", Struct.of("fieldPath", "metadata.name")))));
        Struct exec = Struct.of("exec", Struct.of("command", Seq.of("test", "$(A)-$(B)-$(C)-$$(A)")));
        runner.run(exec, target(container), LONG);
        runner.hook(exec, target(container), LONG);
        assertThat(commands).containsExactly(List.of("test", "one--$(C)-$(A)"),
                List.of("test", "$(A)-$(B)-$(C)-$$(A)"));
    }

    @Test
    void whatCannotBeCarriedOutIsTriedThreeTimes() {
        assertThat(run(Struct.of("exec", Struct.of("command", Seq.of("away")))).errored()).isTrue();
        assertThat(commands).hasSize(3);
    }

    @Test
    void severalHeadersOfOneNameAreSentAndEmptyOnesOfTheClientAreNone() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            FutureTask<List<String>> asked = new FutureTask<>(() -> {
                try (Socket s = server.accept()) {
                    List<String> head = new BufferedReader(new InputStreamReader(s.getInputStream(),
                            StandardCharsets.UTF_8)).lines().takeWhile(l -> !l.isEmpty()).toList();
                    s.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                    return head;
                }
            });
            Thread.ofVirtual().start(asked);
            Struct get = Struct.of("port", server.getLocalPort(), "httpHeaders",
                    Seq.of(header("X-A", "1"), header("x-a", "2"), header("accept", ""), header("User-Agent", ""),
                            header("Host", ""), header("Content-Length", "7")));
            assertThat(run(Struct.of("httpGet", get)).problem()).isEmpty();
            assertThat(asked.get()).contains("X-A: 1", "X-A: 2", "Host: 127.0.0.1:" + server.getLocalPort())
                    .noneMatch(l -> l.startsWith("User-Agent") || l.startsWith("accept") || l.startsWith("Content-"));
        }
    }

    private static Struct header(String name, String value) {
        return Struct.of("name", name, "value", value);
    }
}
