package io.k3j.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RemoteCommandTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int FIN = 1 << 24;
    private static final int CLOSE_FRAME = 0x88;
    private final PipedOutputStream fromRuntime = new PipedOutputStream();
    private final PipedOutputStream fromClient = new PipedOutputStream();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    private final CountDownLatch opened = new CountDownLatch(1);
    private final ByteArrayOutputStream toRuntime = new ByteArrayOutputStream() {
        @Override
        public void flush() {
            opened.countDown();
        }
    };

    /// What goes to the client, frame by frame as it is written.
    private final OutputStream toClient = new OutputStream() {
        @Override
        public void write(int b) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(byte[] frame, int from, int length) {
            sent.write(frame, from, length);
            if ((frame[from] & 0xff) == CLOSE_FRAME) {
                ended.countDown();
            }
        }
    };

    @Test
    void leavesTheConnectionOpenUntilTheClientHasAnsweredTheEnd() throws Exception {
        WebSocket client = new WebSocket(new PipedInputStream(fromClient), toClient);
        SpdyClient runtime = new SpdyClient(new PipedInputStream(fromRuntime), toRuntime);
        Thread relay = Thread.ofVirtual().start(() -> relay(client, runtime, false));
        assertThat(opened.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        status("{\"status\":\"Success\"}");
        assertThat(ended.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(relay.join(Duration.ofMillis(100))).isFalse();
        fromClient.write(new byte[] {(byte) CLOSE_FRAME, (byte) 0x82, 0, 0, 0, 0, 3, (byte) 0xe8});
        fromClient.flush();
        assertThat(relay.join(LIMIT)).isTrue();
        assertThat(sent.toByteArray()).endsWith(CLOSE_FRAME, 2, 3, 0xe8);
        assertThat(sent.toString(StandardCharsets.ISO_8859_1)).containsOnlyOnce("\u0088\u0002");
    }

    /// Client libraries of Java and Python send a whole file so.
    @Test
    void inputIsPassedOnBeforeItsMessageHasComeWhole() throws Exception {
        WebSocket client = new WebSocket(new PipedInputStream(fromClient), toClient);
        SpdyClient runtime = new SpdyClient(new PipedInputStream(fromRuntime), toRuntime);
        Thread relay = Thread.ofVirtual().start(() -> relay(client, runtime, true));
        // 4 GiB on channel 0, without a mask
        fromClient.write(new byte[] {(byte) 0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0, 0});
        fromClient.write("the first of many bytes".getBytes(StandardCharsets.UTF_8));
        fromClient.flush();
        Waiting.until("input at the runtime", () -> toRuntime.toString(StandardCharsets.ISO_8859_1)
                .contains("the first of many bytes"));
        fromClient.close();
        fromRuntime.close();
        assertThat(relay.join(LIMIT)).isTrue();
    }

    private static void relay(WebSocket client, SpdyClient runtime, boolean input) {
        try {
            RemoteCommand.relay(client, runtime, new RemoteCommand.Wanted(input, false, false, false));
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /// The stream of errors is the first that is opened.
    private void status(String text) throws IOException {
        DataOutputStream out = new DataOutputStream(fromRuntime);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(1);
        out.writeInt(FIN | bytes.length);
        out.write(bytes);
        out.flush();
    }
}
