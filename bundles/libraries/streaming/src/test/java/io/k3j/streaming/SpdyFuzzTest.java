package io.k3j.streaming;

import io.k3j.testkitbase.Fuzzing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a runtime sends over SPDY is told to the stream it is for, which ends with the connection.
@Timeout(120)
public class SpdyFuzzTest {
    /// A build makes fewer of these, which start a thread each.
    private static final int FEWER = 500;

    /// Sends nothing before the stream is open.
    private static final class Opened extends ByteArrayInputStream {
        private final CountDownLatch open = new CountDownLatch(1);

        Opened(byte[] sent) {
            super(sent);
        }

        @Override
        public synchronized int read(byte[] into, int from, int length) {
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return super.read(into, from, length);
        }
    }

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            Opened sent = new Opened(input);
            SpdyClient client = new SpdyClient(sent, OutputStream.nullOutputStream());
            InputStream told = client.open(Map.of("streamtype", "stdout")).input();
            sent.open.countDown();
            told.readAllBytes();
        }, IOException.class);
    }

    @Test
    void endsWithTheConnection() throws IOException {
        Fuzzing.run(SpdyFuzzTest::fuzzerTestOneInput, Fuzzing.hex("00000001 00000003 616263 00000001 01000001 64",
                "80030006 00000004 00000001 80030003 00000008 00000001 00000005", "80030007 00000008 0000000000000000",
                "80030002 00000006 000000010000 00000003 00ffffff"), FEWER);
    }
}
