package io.k3j.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.testkitbase.Waiting;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Nodes that misuse their tunnel: one that reads nothing of it, and one that sends more than fits.
@Timeout(120)
class TunnelStallTest {
    private static final byte[] PING = {(byte) 0x89, 0};
    private static final TunnelTiming SHORT = new TunnelTiming(Duration.ofMillis(10), Duration.ofMillis(500),
            Duration.ofSeconds(60));
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch stuck = new CountDownLatch(1);

    private static TunnelSession session(InputStream from, OutputStream to, TunnelTiming timing) {
        return TunnelSession.ofServer(new WebSocket(from, to), timing, new UnreadBudget(1 << 30), new Random(1));
    }

    private static CompletableFuture<Void> serve(TunnelSession session) {
        CompletableFuture<Void> served = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                session.serve();
                served.complete(null);
            } catch (IOException ended) {
                served.completeExceptionally(ended);
            }
        });
        return served;
    }

    @Test
    void aNodeThatReadsNothingKeepsNobodyDialling() throws Exception {
        TunnelSession session = session(new Pings(), new Unread(), SHORT);
        CompletableFuture<TunnelConnection> first = dialled(session);
        stuck.await();
        CompletableFuture<TunnelConnection> second = dialled(session);
        CompletableFuture<Void> served = serve(session);
        assertThatThrownBy(first::join).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(second::join).hasCauseInstanceOf(IOException.class);
        Waiting.until("end of the session", served::isDone);
        assertThat(session.open()).isFalse();
    }

    private static CompletableFuture<TunnelConnection> dialled(TunnelSession session) {
        CompletableFuture<TunnelConnection> dialled = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                dialled.complete(session.dial("tcp", "127.0.0.1:10250"));
            } catch (IOException failed) {
                dialled.completeExceptionally(failed);
            }
        });
        return dialled;
    }

    @Test
    void aMessageThatNoNodeNeedsEndsItsTunnel() {
        byte[] head = {(byte) 0x82, 127, 0, 0, 0, 0, 0, 2, 0, 1};
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        TunnelSession session = session(new ByteArrayInputStream(head), said, TunnelTiming.K3S);
        assertThatThrownBy(session::serve).hasMessageContaining("more than 131072 bytes");
        assertThat(said.toByteArray()).as("code 1009").containsExactly(0x88, 2, 0x03, 0xf1);
    }

    /// A node that is alive.
    private final class Pings extends InputStream {
        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            try {
                if (closed.await(1, TimeUnit.MILLISECONDS)) {
                    return -1;
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IOException(stopped);
            }
            System.arraycopy(PING, 0, into, from, PING.length);
            return PING.length;
        }
    }

    /// And takes nothing, as an upgraded connection of the server's port whose client's buffers are full.
    private final class Unread extends OutputStream {
        @Override
        public void write(int b) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            stuck.countDown();
            try {
                closed.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("the connection is closed");
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }
}
