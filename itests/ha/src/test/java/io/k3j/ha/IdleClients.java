package io.k3j.ha;

import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// Clients that have asked one question, each over a connection of its own that it keeps.
final class IdleClients implements AutoCloseable {
    private static final byte[] QUESTION = "GET /version HTTP/1.1\r\nHost: k3s\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final List<Thread> threads;

    private IdleClients(Api api, int count) {
        threads = IntStream.range(0, count)
                .mapToObj(n -> Thread.ofVirtual().name("idle-" + n).start(() -> ask(api))).toList();
    }

    /// Lets so many ask.
    static IdleClients of(Api api, int count) {
        return new IdleClients(api, count);
    }

    private void ask(Api api) {
        try {
            Socket socket = api.client().sslContext().getSocketFactory().createSocket(api.at("/").getHost(),
                    api.at("/").getPort());
            open.add(socket);
            socket.getOutputStream().write(QUESTION);
            if (socket.getInputStream().read() == 'H') {
                answered.incrementAndGet();
            }
        } catch (IOException e) {
            // it counts as not answered
            return;
        }
    }

    /// How many have been answered.
    int answered() {
        return answered.get();
    }

    /// Waits until each has its answer, or has lost its connection.
    void served() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }
}
