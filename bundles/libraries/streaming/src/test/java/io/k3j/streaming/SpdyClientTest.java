package io.k3j.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SpdyClientTest {
    private static final Map<String, String> HEADERS = Map.of("streamtype", "stdin");
    private static final byte[] GOAWAY = ByteBuffer.allocate(16).putInt(0x8003_0007).putInt(8).array();

    /// A server that says something once the first stream is open, and then ends.
    private static void refusesStreamsAfter(byte[] said) throws IOException {
        CountDownLatch opened = new CountDownLatch(1);
        InputStream in = new ByteArrayInputStream(said) {
            @Override
            public synchronized int read(byte[] into, int from, int length) {
                try {
                    opened.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return super.read(into, from, length);
            }
        };
        SpdyClient client = new SpdyClient(in, new ByteArrayOutputStream());
        SpdyClient.Stream first = client.open(HEADERS);
        opened.countDown();
        try {
            assertThat(first.input().read()).isEqualTo(-1);
        } catch (IOException broken) {
            assertThat(broken).hasMessage("connection ended");
        }
        assertThatThrownBy(() -> client.open(HEADERS)).isInstanceOf(IOException.class)
                .hasMessage("connection ended");
    }

    @Test
    void opensNoStreamAfterTheServerSaidGoaway() throws IOException {
        refusesStreamsAfter(GOAWAY);
    }

    @Test
    void opensNoStreamAfterTheConnectionBroke() throws IOException {
        refusesStreamsAfter(new byte[0]);
    }
}
