package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Streams between a scripted client and a scripted streaming server of a runtime.
@Timeout(120)
class StreamsTest {
    private static final String SAID = "\u0082\u0003\u0001hi\u0088\u0002\u0003\u00e8";
    private final BlockingQueue<List<String>> requests = new LinkedBlockingQueue<>();
    private final Map<String, List<String>> headers = new HashMap<>(Map.of("upgrade", List.of("websocket"),
            "sec-websocket-key", List.of("dGhlIHNhbXBsZSBub25jZQ==")));
    private final Map<String, String> answered = new HashMap<>();
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private ServerSocket server;
    private Streams streams;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::runtime);
        URI url = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/exec/token");
        streams = new Streams((ContainerRuntime) Proxy.newProxyInstance(ContainerRuntime.class.getClassLoader(),
                new Class<?>[] {ContainerRuntime.class}, (p, m, a) -> url));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /// Answers one request with a message and the end.
    private void runtime() {
        try (Socket s = server.accept()) {
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(s.getInputStream(), StandardCharsets.ISO_8859_1));
            requests.add(in.lines().takeWhile(l -> !l.isEmpty()).toList());
            s.getOutputStream().write(("HTTP/1.1 101 Switching Protocols\r\n\r\n" + SAID)
                    .getBytes(StandardCharsets.ISO_8859_1));
            s.shutdownOutput();
        } catch (IOException e) {
            requests.add(List.of(e.toString()));
        }
    }

    private Exchange exchange() {
        return (Exchange) Proxy.newProxyInstance(Exchange.class.getClassLoader(), new Class<?>[] {Exchange.class},
                (p, m, a) -> switch (m.getName()) {
                    case "header" -> Optional.ofNullable(headers.get(a[0])).map(List::getFirst);
                    case "headers" -> headers;
                    case "upgrade" -> upgraded((Map<?, ?>) a[0]);
                    default -> throw new AssertionError(m.getName());
                });
    }

    private ByteDuplex upgraded(Map<?, ?> head) {
        head.forEach((name, value) -> answered.put((String) name, (String) value));
        CountDownLatch closed = new CountDownLatch(1);
        return new ByteDuplex() {
            @Override
            public InputStream input() {
                return new InputStream() {
                    @Override
                    public int read() throws IOException {
                        try {
                            closed.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                        return -1;
                    }
                };
            }

            @Override
            public OutputStream output() {
                return heard;
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
    }

    private void offer(String protocol) {
        if (!protocol.isEmpty()) {
            headers.put("sec-websocket-protocol", List.of(protocol));
        }
    }

    private void command() throws IOException {
        streams.command(exchange(), "Exec", Struct.EMPTY, Parameters.of("output=1&command=ls"));
    }

    private void passedOn(String protocol) throws InterruptedException {
        List<String> request = requests.take();
        assertThat(request.getFirst()).isEqualTo("GET /exec/token HTTP/1.1");
        assertThat(request.stream().filter(l -> l.startsWith("Sec-WebSocket-Protocol")).toList()).isEqualTo(
                protocol.isEmpty() ? List.of() : List.of("Sec-WebSocket-Protocol: " + protocol));
        assertThat(answered.get("sec-websocket-protocol")).isEqualTo(protocol.isEmpty() ? null : protocol);
        assertThat(answered).containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assertThat(heard.toString(StandardCharsets.ISO_8859_1)).isEqualTo(SAID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "channel.k8s.io", "base64.channel.k8s.io", "v4.base64.channel.k8s.io"})
    void commandsInOlderProtocolsAreSpokenByTheRuntimeItself(String protocol) throws Exception {
        offer(protocol);
        command();
        passedOn(protocol);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v4.channel.k8s.io", "v4.base64.channel.k8s.io"})
    void portsInChannelsAreForwardedByTheRuntimeItself(String protocol) throws Exception {
        offer(protocol);
        streams.ports(exchange(), "sandbox", Parameters.of("port=80"));
        passedOn(protocol);
    }

    @Test
    void anUnknownProtocolIsRefusedWithThoseThatAreServed() {
        offer("v9.channel.k8s.io");
        assertThatThrownBy(this::command).isInstanceOf(KubeletServer.Refusal.class)
                .hasMessageContaining("v5.channel.k8s.io").hasMessageContaining("base64.channel.k8s.io");
    }
}
