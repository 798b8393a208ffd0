package io.k3j.agentitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// Clients that ask host `shop` again and again, each time by a connection of its own, until they are closed; then one
/// that was refused, or heard anything but `hello`, fails the test.
final class IngressLoad implements AutoCloseable {
    private static final int CLIENTS = 8;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int LIMIT_MILLIS = (int) Duration.ofSeconds(60).toMillis();
    /// Of each client some that it has asked for since.
    private static final int MORE = 3 * CLIENTS + 1;
    private final String server;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final List<CompletableFuture<Void>> clients = new ArrayList<>();

    private IngressLoad(String server) {
        this.server = server;
    }

    /// Begins to ask.
    static IngressLoad on(String server) {
        IngressLoad load = new IngressLoad(server);
        for (int i = 0; i < CLIENTS; i++) {
            load.clients.add(CompletableFuture.runAsync(load::ask, Thread::startVirtualThread));
        }
        return load;
    }

    int answered() {
        return answered.get();
    }

    /// Waits for more answers.
    void goesOn(Supplier<String> story) throws IOException, InterruptedException {
        int before = answered();
        Waiting.until("more answers", LIMIT, () -> answered() > before + MORE, story);
    }

    private void ask() {
        while (!over.get()) {
            try (Socket socket = open(server, "shop", "close")) {
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertThat(answer).as("answer " + answered).startsWith("HTTP/1.1 200").endsWith("hello\n");
                answered.incrementAndGet();
            } catch (IOException e) {
                throw new UncheckedIOException("after " + answered, e);
            }
        }
    }

    private static Socket open(String server, String host, String connection) throws IOException {
        Socket socket = new Socket(server, 80);
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.getOutputStream().write(("GET / HTTP/1.1\r\nHost: " + host + ".example.test\r\nConnection: "
                + connection + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /// A connection of host `ws` that has changed its protocol.
    static Socket websocket(String server) throws IOException {
        Socket socket = open(server, "ws", "Upgrade\r\nUpgrade: websocket");
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            assertThat(next).as(head.toString()).isNotNegative();
            head.append((char) next);
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 101");
        return socket;
    }

    /// Ends them.
    @Override
    public void close() {
        over.set(true);
        clients.forEach(CompletableFuture::join);
    }
}
