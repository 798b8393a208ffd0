package io.k3j.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.testkitbase.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Answers that come before a request has been sent whole, and bodies that are not what was said of them.
class EarlyAnswerTest {
    private static final String THINGS = "/apis/things.example.com/v1/things";
    private Stage stage;

    @BeforeEach
    void begin(@TempDir Path tls) throws Exception {
        stage = new Stage(tls).available();
    }

    @AfterEach
    void end() throws Exception {
        stage.close();
    }

    /// A body that says `more` for ever, once `when` is over.
    private static InputStream after(CountDownLatch when, byte[] first, boolean more) {
        return new InputStream() {
            private int at;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0];
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                if (at < first.length) {
                    into[from] = first[at++];
                    return 1;
                }
                try {
                    when.await();
                } catch (InterruptedException e) {
                    throw new IOException("interrupted", e);
                }
                Arrays.fill(into, from, from + length, (byte) 'x');
                return more ? length : -1;
            }
        };
    }

    @Test
    void aServerThatRefusesBeforeItHasReadAllIsHeard() throws Exception {
        stage.backend.says("HTTP/1.1 413 Too Large\r\nContent-Length: 9\r\n\r\ntoo large");
        AskedExchange asked = stage.ask(new AskedExchange("POST", THINGS)
                .body(after(new CountDownLatch(0), new byte[0], true)));
        assertThat(asked.got()).isEqualTo("too large");
        assertThat(asked.status).isEqualTo(413);
        assertThat(asked.closed).isTrue();
    }

    @Test
    void aServerMayAnswerWhileItReads() throws Exception {
        stage.backend.script = (in, out) -> {
            in.readNBytes(1);
            Backend.say(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
            while (in.read() != '0') {
                // up to the last chunk
            }
            Backend.say(out, "after");
        };
        CountDownLatch seen = new CountDownLatch(1);
        AskedExchange asked = new AskedExchange("POST", THINGS).body(after(seen, "hello".getBytes(
                StandardCharsets.UTF_8), false));
        Thread request = Thread.ofVirtual().start(() -> {
            try {
                stage.ask(asked);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Waiting.until("the first part", () -> asked.got().equals("first"));
        seen.countDown();
        request.join();
        assertThat(asked.got()).isEqualTo("firstafter");
        assertThat(asked.closed).isTrue();
    }

    @Test
    void aClientThatSendsNoMoreKeepsNoAnswerBack() throws Exception {
        stage.backend.says("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        AskedExchange asked = stage.ask(new AskedExchange("POST", THINGS)
                .body(after(new CountDownLatch(1), new byte[1], true)));
        assertThat(asked.status).isEqualTo(403);
        assertThat(asked.got()).isEqualTo("no");
    }

    /// What is beyond would be the next request on the connection.
    @Test
    void noMoreIsSentThanTheLengthSays() throws Exception {
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        CountDownLatch over = new CountDownLatch(1);
        stage.backend.script = (in, out) -> {
            try {
                got.write(in.readNBytes(3));
                Backend.say(out, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                for (int c = in.read(); c >= 0; c = in.read()) {
                    got.write(c);
                }
            } finally {
                over.countDown();
            }
        };
        stage.ask(new AskedExchange("POST", THINGS).with("content-length", "3").body("abcGET /api HTTP/1.1"));
        Waiting.until("the end there", () -> over.getCount() == 0);
        assertThat(got.toString(StandardCharsets.UTF_8)).isEqualTo("abc");
    }

    @Test
    void aBodyThatEndsEarlyOrStopsEndsTheRequest() {
        stage.backend.script = (in, out) -> in.readAllBytes();
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> stage.ask(
                new AskedExchange("POST", THINGS).with("content-length", "5").body("abc")))
                .withMessageContaining("shorter");
        assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> stage.ask(
                new AskedExchange("POST", THINGS).body(new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new SocketTimeoutException("the request's body stopped coming");
                    }
                })));
    }
}
