package io.k3j.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.testkitbase.Waiting;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class WebSocketTest {
    private static final int MOST = 1 << 20;
    /// The most that is taken at once for what has not come.
    private static final int STEP = 64 << 10;
    private static final byte[] TOO_BIG = {(byte) 0x88, 2, 0x03, (byte) 0xf1};
    private final ByteArrayOutputStream incoming = new ByteArrayOutputStream();
    private final ByteArrayOutputStream outgoing = new ByteArrayOutputStream();
    /// Frames that were begun to be written to another side that takes them one by one.
    private final AtomicInteger begun = new AtomicInteger();

    @Test
    void answersTheKeyOfTheStandardsExample() {
        assertThat(WebSocket.accept("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @Test
    void choosesItsBestProtocolAmongThoseOffered() {
        assertThat(WebSocket.protocol(List.of("v4.channel.k8s.io, v5.channel.k8s.io"), RemoteCommand.PROTOCOLS))
                .contains("v5.channel.k8s.io");
        assertThat(WebSocket.protocol(List.of("channel.k8s.io"), RemoteCommand.PROTOCOLS)).isEmpty();
    }

    @Test
    void joinsFragmentsAndAnswersPingsBetweenThem() throws IOException {
        masked(0x02, "hel");
        masked(0x89, "p");
        masked(0x80, "lo");
        masked(0x88, "");
        WebSocket socket = socket();
        assertThat(socket.receive(MOST).orElseThrow()).isEqualTo(bytes("hello"));
        assertThat(socket.receive(MOST)).isEmpty();
        assertThat(outgoing.toByteArray()).startsWith(0x8a, 1, 'p');
    }

    /// A ping is answered as it came, so its length is bounded as the standard has it.
    @Test
    void refusesAControlFrameThatIsLongOrInParts() {
        incoming.writeBytes(new byte[] {(byte) 0x89, 126, 0, (byte) 200});
        incoming.writeBytes(new byte[200]);
        assertThatThrownBy(() -> socket().receive(MOST)).isInstanceOf(IOException.class).hasMessageContaining("125");
        incoming.reset();
        incoming.writeBytes(new byte[] {0x09, 0});
        assertThatThrownBy(() -> socket().receive(MOST)).isInstanceOf(IOException.class).hasMessageContaining("parts");
        assertThat(outgoing.size()).isZero();
    }

    @Test
    void writesLengthsInThreeForms() throws IOException {
        WebSocket socket = socket();
        socket.send(new byte[125]);
        socket.send(new byte[126]);
        socket.send(new byte[70_000]);
        assertThat(outgoing.size()).isEqualTo(2 + 125 + 4 + 126 + 10 + 70_000);
    }

    @Test
    void endsWithoutACloseFrameWhenTheClientVanishes() throws IOException {
        assertThat(socket().receive(MOST)).isEmpty();
    }

    @Test
    void takesMemoryForWhatHasComeNotForWhatAHeadSays() {
        head(MOST);
        Asked asked = new Asked(new ByteArrayInputStream(incoming.toByteArray()));
        assertThatThrownBy(() -> new WebSocket(asked, outgoing).receive(MOST)).isInstanceOf(EOFException.class);
        assertThat(asked.most).isLessThanOrEqualTo(STEP);
    }

    @Test
    void keepsNothingWhileTheCloseIsAwaited() throws IOException {
        int length = 32 << 20;
        head(length);
        Asked asked = new Asked(new SequenceInputStream(new ByteArrayInputStream(incoming.toByteArray()),
                new SequenceInputStream(zeros(length), new ByteArrayInputStream(new byte[] {(byte) 0x88, 0}))));
        new WebSocket(asked, outgoing).awaitClose();
        assertThat(asked.most).isLessThanOrEqualTo(STEP);
        assertThat(outgoing.toByteArray()).as("answered").containsExactly(0x88, 0);
    }

    @Test
    void aMessageBeyondItsBoundIsRefusedByCode1009() throws IOException {
        head(MOST + 1L);
        assertThatThrownBy(() -> socket().receive(MOST)).hasMessageContaining(Integer.toString(MOST));
        assertThat(outgoing.toByteArray()).isEqualTo(TOO_BIG);
    }

    @Test
    void fragmentsAreBoundedTogether() throws IOException {
        masked(0x02, "four");
        masked(0x00, "four");
        masked(0x80, "x");
        assertThatThrownBy(() -> socket().receive(8)).hasMessageContaining("more than 8 bytes");
        assertThat(outgoing.toByteArray()).isEqualTo(TOO_BIG);
    }

    @Test
    void aLongMessageIsReceivedWholeWithinItsBound() throws IOException {
        byte[] message = new byte[MOST];
        message[MOST - 1] = 7;
        head(MOST);
        incoming.writeBytes(message);
        assertThat(socket().receive(MOST)).hasValueSatisfying(came -> assertThat(came).isEqualTo(message));
    }

    @Test
    void whatIsNotReadOfAMessageIsLeftOut() throws IOException {
        masked(0x02, "hel");
        masked(0x80, "lo");
        masked(0x82, "next");
        masked(0x02, "cut");
        masked(0x88, "");
        WebSocket socket = socket();
        byte[] into = new byte[8];
        assertThat(socket.read(into, 0, 8)).as("before the first message").isNegative();
        assertThat(socket.next()).isTrue();
        assertThat(socket.read(into, 0, 1)).isOne();
        assertThat(socket.next()).isTrue();
        assertThat(socket.read(into, 0, 8)).isEqualTo(4);
        assertThat(into).startsWith(bytes("next"));
        assertThat(socket.read(into, 0, 8)).isNegative();
        assertThat(socket.receive(MOST)).as("closed within a message").isEmpty();
        assertThat(socket.next()).isFalse();
    }

    @Test
    void tellsForHowLongOneFrameIsBeingWritten() throws Exception {
        Semaphore read = new Semaphore(0);
        WebSocket socket = new WebSocket(InputStream.nullInputStream(), taking(read));
        assertThat(socket.writing()).isZero();
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sent(socket, 2));
        Waiting.until("the first frame", () -> socket.writing().isPositive());
        long first = System.nanoTime();
        read.release();
        Waiting.until("the second frame", () -> begun.get() == 2);
        assertThat(socket.writing()).as("since the second one began")
                .isLessThan(Duration.ofNanos(System.nanoTime() - first));
        read.release();
        sending.join();
        assertThat(socket.writing()).isZero();
    }

    @Test
    void anInterruptEndsTheWaitingForWhoWrites() throws Exception {
        Semaphore read = new Semaphore(0);
        WebSocket socket = new WebSocket(InputStream.nullInputStream(), taking(read));
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sent(socket, 1));
        Waiting.until("a frame", () -> socket.writing().isPositive());
        CompletableFuture<Void> waiting = new CompletableFuture<>();
        Thread waits = Thread.startVirtualThread(() -> {
            try {
                socket.ping();
                waiting.complete(null);
            } catch (IOException ended) {
                waiting.completeExceptionally(ended);
            }
        });
        waits.interrupt();
        assertThatThrownBy(waiting::join).isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(InterruptedIOException.class);
        read.release();
        sending.join();
    }

    /// The other side: takes a frame for each permit.
    private OutputStream taking(Semaphore read) {
        return new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                begun.incrementAndGet();
                read.acquireUninterruptibly();
            }
        };
    }

    private static void sent(WebSocket socket, int frames) {
        try {
            for (int i = 0; i < frames; i++) {
                socket.send(new byte[] {1});
            }
        } catch (IOException broken) {
            throw new CompletionException(broken);
        }
    }

    private static InputStream zeros(int length) {
        return new InputStream() {
            private int left = length;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] into, int from, int most) {
                int n = Math.min(left, most);
                left -= n;
                return n == 0 ? -1 : n;
            }
        };
    }

    /// How many bytes are asked for at once.
    private static final class Asked extends FilterInputStream {
        private int most;

        Asked(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            most = Math.max(most, length);
            return super.read(into, from, length);
        }
    }

    private WebSocket socket() {
        return new WebSocket(new ByteArrayInputStream(incoming.toByteArray()), outgoing);
    }

    /// Of a binary message without a mask.
    private void head(long length) {
        incoming.write(0x82);
        incoming.write(127);
        incoming.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(length).array());
    }

    private void masked(int first, String text) {
        byte[] b = bytes(text);
        incoming.write(first);
        incoming.write(0x80 | b.length);
        byte[] mask = {1, 2, 3, 4};
        incoming.writeBytes(mask);
        for (int i = 0; i < b.length; i++) {
            incoming.write(b[i] ^ mask[i & 3]);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
