package io.k3j.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server on a real unix socket, from a client's call to its answer.
@Timeout(360)
class GrpcServerTest {
    private static final int MOST = 32 * 1024;
    @TempDir
    private Path directory;
    private final CountDownLatch held = new CountDownLatch(1);
    /// Calls that are held.
    private final Semaphore holding = new Semaphore(0);
    private GrpcServer server;

    @BeforeEach
    void listen() throws IOException {
        server = new GrpcServer(socket(), "test", this::answer, MOST);
    }

    @AfterEach
    void end() {
        held.countDown();
        server.close();
    }

    private Path socket() {
        return directory.resolve("s.sock");
    }

    private byte[] answer(String path, byte[] request) {
        switch (path) {
            case "/a.B/Echo" -> {
                return request;
            }
            case "/a.B/Long" -> {
                return new byte[1 << 20];
            }
            case "/a.B/Hold" -> {
                holding.release();
                try {
                    held.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return new byte[0];
            }
            case "/a.B/Broken" -> throw new IllegalStateException("not for clients");
            default -> throw new GrpcFailure(GrpcFailure.UNIMPLEMENTED, "100 % unknown: ü");
        }
    }

    private SocketChannel channel() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
    }

    private GrpcConnection client() throws IOException {
        return new GrpcConnection(channel(), "client");
    }

    private static byte[] call(GrpcConnection client, String method, int bytes) {
        return client.call("/a.B/" + method, new byte[bytes], Waiting.LIMIT);
    }

    @Test
    void aRequestHasItsAnswer() throws IOException {
        try (GrpcConnection client = client()) {
            byte[] words = "hello".getBytes(StandardCharsets.UTF_8);
            assertThat(client.call("/a.B/Echo", words, Waiting.LIMIT)).isEqualTo(words);
            assertThat(call(client, "Echo", 0)).isEmpty();
            assertThat(call(client, "Echo", MOST)).hasSize(MOST);
        }
    }

    @Test
    void anAnswerMayBeLongerThanAWindow() throws IOException {
        try (GrpcConnection client = client()) {
            assertThat(call(client, "Long", 0)).hasSize(1 << 20);
        }
    }

    @Test
    void aConnectionTakesMoreThanItsFirstWindow() throws IOException {
        try (GrpcConnection client = client()) {
            for (int i = 0; i < 10; i++) {
                assertThat(call(client, "Echo", MOST)).hasSize(MOST);
            }
        }
    }

    @Test
    void aRefusalHasItsCodeAndWords() throws IOException {
        try (GrpcConnection client = client()) {
            assertThatThrownBy(() -> call(client, "Other", 1)).isInstanceOf(GrpcFailure.class)
                    .hasMessage("100 % unknown: ü").extracting(e -> ((GrpcFailure) e).code())
                    .isEqualTo(GrpcFailure.UNIMPLEMENTED);
            assertThat(call(client, "Echo", 1)).hasSize(1);
        }
    }

    @Test
    void whatBreaksInsideIsNotTold() throws IOException {
        try (GrpcConnection client = client()) {
            assertThatThrownBy(() -> call(client, "Broken", 1)).hasMessage("internal error");
        }
    }

    @Test
    void aRequestThatIsTooLongIsRefusedAndTheNextIsAnswered() throws IOException {
        try (GrpcConnection client = client()) {
            assertThatThrownBy(() -> call(client, "Echo", MOST + 1)).isInstanceOf(GrpcFailure.class)
                    .extracting(e -> ((GrpcFailure) e).code()).isEqualTo(GrpcFailure.RESOURCE_EXHAUSTED);
            assertThat(call(client, "Echo", 1)).hasSize(1);
        }
    }

    @Test
    void whoeverHangsHoldsNobodyUp() throws IOException {
        try (GrpcConnection client = client(); GrpcConnection other = client()) {
            List<CompletableFuture<Integer>> hanging = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                hanging.add(CompletableFuture.supplyAsync(() -> call(client, "Hold", 1).length,
                        r -> Thread.ofVirtual().start(r)));
            }
            assertThat(call(client, "Echo", 1)).hasSize(1);
            assertThat(call(other, "Echo", 1)).hasSize(1);
            held.countDown();
            assertThat(hanging).allSatisfy(h -> assertThat(h.join()).isZero());
        }
    }

    @Test
    void callsThatAClientHasGivenUpCountUntilTheyAreAnswered() throws Exception {
        try (GrpcConnection client = client(); GrpcConnection other = client()) {
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                callers.add(Thread.ofVirtual().start(
                        () -> assertThatThrownBy(() -> call(client, "Hold", 1)).isInstanceOf(GrpcFailure.class)));
            }
            holding.acquire(16);
            for (Thread caller : callers) {
                caller.interrupt();
                caller.join();
            }
            assertThatThrownBy(() -> call(client, "Echo", 1)).isInstanceOf(GrpcFailure.class)
                    .extracting(e -> ((GrpcFailure) e).code()).isEqualTo(GrpcFailure.UNAVAILABLE);
            assertThat(call(other, "Echo", 1)).hasSize(1);
        }
    }

    @Test
    void whoeverSpeaksSomethingElseIsLetGo() throws IOException {
        try (SocketChannel stranger = channel()) {
            byte[] http = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            stranger.write(ByteBuffer.wrap(http));
            ByteBuffer heard = ByteBuffer.allocate(1024);
            while (stranger.read(heard) >= 0) {
                heard.clear();
            }
        }
        try (GrpcConnection client = client()) {
            assertThat(call(client, "Echo", 1)).hasSize(1);
        }
    }

    @Test
    void clientsThatAskForNothingMakeRoomForOthers() throws IOException {
        List<SocketChannel> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 64; i++) {
                silent.add(channel());
            }
            try (GrpcConnection client = client()) {
                assertThat(call(client, "Echo", 1)).hasSize(1);
            }
        } finally {
            for (SocketChannel one : silent) {
                one.close();
            }
        }
    }

    @Test
    void itsOwnerAloneMayConnect() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket()))).isEqualTo("rw-------");
    }

    @Test
    void aSocketThatWasTakenAwayIsNoticedAndOneOfAnotherIsLeft() throws IOException {
        assertThat(server.reachable()).isTrue();
        Files.delete(socket());
        assertThat(server.reachable()).isFalse();
        try (GrpcServer next = new GrpcServer(socket(), "next", this::answer, MOST)) {
            server.close();
            assertThat(next.reachable()).isTrue();
        }
        assertThat(socket()).doesNotExist();
    }
}
