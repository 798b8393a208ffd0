package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/// A swap, as clients see it.
class HandoverTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private static final int ANSWERS = 40;
    private static final long PATIENCE_SECONDS = 120;
    private final List<ToIntFunction<String>> offered = new CopyOnWriteArrayList<>();

    /// One that knows what all others in [#offered] have.
    private SocketHandover handover() {
        List<ToIntFunction<String>> own = new ArrayList<>();
        return new SocketHandover(sockets -> {
            own.add(sockets);
            offered.add(sockets);
            return () -> offered.remove(sockets);
        }, () -> offered.stream().filter(o -> !own.contains(o)).toList());
    }

    @Test
    void noConnectionIsRefusedAndNoRequestLost() throws Exception {
        Rig backend = new Rig();
        int endpoint = backend.echo();
        Rig rig = new Rig(0, handover(), List.of(endpoint));
        int port = rig.web();
        AtomicBoolean over = new AtomicBoolean();
        Semaphore answered = new Semaphore(0);
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            clients.add(CompletableFuture.runAsync(() -> ask(port, over, answered), Thread::startVirtualThread));
        }
        for (int i = 0; i < 3; i++) {
            // clients are at work before each swap
            assertThat(answered.tryAcquire(ANSWERS, PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            Rig next = new Rig(port, handover(), List.of(endpoint));
            rig.stop();
            rig = next;
        }
        assertThat(answered.tryAcquire(ANSWERS, PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        over.set(true);
        clients.forEach(CompletableFuture::join);
        rig.close();
        backend.close();
    }

    /// New connections, each with some requests, until the proxy says that it is the last one.
    private static void ask(int port, AtomicBoolean over, Semaphore answered) {
        try {
            while (!over.get()) {
                try (RawHttp client = new RawHttp(new Socket("127.0.0.1", port))) {
                    for (int i = 0; i < 5; i++) {
                        String answer = client.send(GET).answer();
                        assertThat(answer).startsWith("HTTP/1.1 200").endsWith("hello");
                        answered.release();
                        if (answer.contains("close")) {
                            break;
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
