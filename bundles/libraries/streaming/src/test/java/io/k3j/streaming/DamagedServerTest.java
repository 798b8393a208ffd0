package io.k3j.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whatever a server sends, or does not take, a call ends with an answer or a [GrpcFailure], by its deadline and in
/// bounded memory.
@Timeout(120)
class DamagedServerTest {
    private static final int ROUNDS = 3_000;
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final String REQUEST = "the request";
    private final Random random = new Random(1);

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length).put((byte) (payload.length >>> 16))
                .putShort((short) payload.length).put((byte) type).put((byte) flags).putInt(stream).put(payload)
                .array();
    }

    private static byte[] answer() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(frame(4, 0, 0, new byte[] {0, 4, 0, 1, 0, 0}));
        out.writeBytes(frame(1, 4, 1, HeaderBlock.of(":status", "200", "content-type", "application/grpc")));
        out.writeBytes(frame(0, 0, 1, ByteBuffer.allocate(11).put((byte) 0).putInt(6).put("answer".getBytes(
                StandardCharsets.UTF_8)).array()));
        out.writeBytes(frame(1, 5, 1, HeaderBlock.of("grpc-status", "0")));
        return out.toByteArray();
    }

    private static byte[] call(Server server, byte[] request, Duration limit) {
        try (GrpcConnection connection = new GrpcConnection(server, "test", Map.of())) {
            return connection.call("/a/b", request, limit);
        }
    }

    @Test
    void damagedAnswersAreReadOrRefused() {
        int understood = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] good = answer();
            byte[] damaged = random.nextInt(4) == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good;
            for (int n = random.nextInt(3); n >= 0 && damaged.length > 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                call(new Server(damaged, 1), REQUEST.getBytes(StandardCharsets.UTF_8), LONG);
                understood++;
            } catch (GrpcFailure e) {
                assertThat(e.getMessage()).isNotNull();
            }
        }
        assertThat(understood).isBetween(1, ROUNDS - 1);
    }

    /// Else they would fill the memory.
    @Test
    void headersWithoutAnEndBreakTheConnection() {
        byte[] more = frame(9, 0, 1, new byte[FrameChannel.MAX_FRAME]);
        Server server = new Server(more, Integer.MAX_VALUE);
        assertThatThrownBy(() -> call(server, REQUEST.getBytes(StandardCharsets.UTF_8), LONG))
                .isInstanceOf(GrpcFailure.class).hasMessageContaining("header block");
        assertThat(server.told).isLessThan(1 << 20);
    }

    @Test
    void aRequestThatIsNotTakenEndsByItsDeadline() {
        Server server = new Server(new byte[0], Integer.MAX_VALUE);
        late(() -> call(server, new byte[1 << 17], SHORT));
    }

    /// As a runtime that stands still: what is sent to it stays in the queue.
    @Test
    void callsToAServerThatReadsNothingEndByTheirDeadline() {
        Server server = new Server(new byte[0], Integer.MAX_VALUE);
        server.stands = true;
        try (GrpcConnection connection = new GrpcConnection(server, "test", Map.of())) {
            for (int i = 0; i < 600; i++) {
                late(() -> connection.call("/a/b", new byte[0], Duration.ofMillis(2)));
            }
        }
    }

    private static void late(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(GrpcFailure.class,
                e -> assertThat(e.code()).isEqualTo(GrpcFailure.DEADLINE_EXCEEDED));
    }

    /// Tells its bytes so many times once it has the request, and then that it is closed.
    private static final class Server implements ByteChannel {
        private final byte[] bytes;
        private final long all;
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);
        private final StringBuilder seen = new StringBuilder();
        private long told;
        private boolean stands;

        Server(byte[] bytes, int times) {
            this.bytes = bytes;
            this.all = (long) bytes.length * times;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            await(asked);
            if (told == all) {
                return -1;
            }
            int at = (int) (told % bytes.length);
            int n = Math.min(into.remaining(), bytes.length - at);
            into.put(bytes, at, n);
            told += n;
            return n;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            if (stands) {
                await(closed);
            }
            byte[] part = new byte[from.remaining()];
            from.get(part);
            if (asked.getCount() > 0
                    && seen.append(new String(part, StandardCharsets.ISO_8859_1)).indexOf(REQUEST) >= 0) {
                asked.countDown();
            }
            return part.length;
        }

        private void await(CountDownLatch latch) throws IOException {
            try {
                latch.await();
                if (!isOpen()) {
                    throw new ClosedChannelException();
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public boolean isOpen() {
            return closed.getCount() > 0;
        }

        @Override
        public void close() {
            closed.countDown();
            asked.countDown();
        }
    }
}
