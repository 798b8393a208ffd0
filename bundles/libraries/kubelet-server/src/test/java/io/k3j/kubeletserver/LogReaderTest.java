package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {
    private static final String LOG = """
            2026-11-20T06:00:01Z stdout F one
            2026-11-20T06:00:02.5Z stderr F two
            2026-11-20T06:00:03.000000001Z stdout P thr
            2026-11-20T06:00:03.000000002Z stdout F ee
            """;
    @TempDir
    private Path directory;
    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(directory.resolve("0.log"), LOG);
    }

    @Test
    void joinsTheParts() throws Exception {
        assertThat(read(new LogReader.Request(false, -1, -1, null, false, ""))).isEqualTo("one\ntwo\nthree\n");
    }

    @Test
    void beginsAtTheLastLines() throws Exception {
        assertThat(read(new LogReader.Request(false, 1, -1, null, false, ""))).isEqualTo("ee\n");
        assertThat(read(new LogReader.Request(false, 0, -1, null, false, ""))).isEmpty();
        assertThat(read(new LogReader.Request(false, 99, -1, null, false, ""))).startsWith("one");
    }

    @Test
    void endsAtTheLimit() throws Exception {
        assertThat(read(new LogReader.Request(false, -1, 5, null, false, ""))).isEqualTo("one\nt");
    }

    @Test
    void leavesOutWhatIsOlder() throws Exception {
        Instant since = Instant.parse("2026-11-20T06:00:03Z");
        assertThat(read(new LogReader.Request(false, -1, -1, since, false, ""))).isEqualTo("three\n");
    }

    @Test
    void writesTimesWithNineDigits() throws Exception {
        assertThat(read(new LogReader.Request(false, -1, -1, null, true, "stderr")))
                .isEqualTo("2026-11-20T06:00:02.500000000Z two\n");
    }

    @Test
    void followsUntilTheContainerHasEnded() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int[] asked = {0};
        new LogReader(file, new LogReader.Request(true, -1, -1, null, false, ""), out::writeBytes, () -> {
            append(asked[0] == 0);
            return asked[0]++ == 0;
        }, new CountDownLatch(1)).run();
        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("four\n");
    }

    @Test
    void goesOnInTheNextFileHoweverMuchItHoldsAlready() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean[] rotated = {false};
        new LogReader(file, new LogReader.Request(true, -1, -1, null, false, ""), bytes -> {
            out.writeBytes(bytes);
            if (!rotated[0]) {
                rotated[0] = true;
                Files.move(file, directory.resolve("0.log.1"));
                Files.writeString(file, LOG + "2026-11-20T06:00:04Z stdout F four\n");
            }
        }, () -> out.size() < 100 && !out.toString(StandardCharsets.UTF_8).endsWith("four\n"), closedSoon()).run();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo\nthree\none\ntwo\nthree\nfour\n");
    }

    @Test
    void asksTheRuntimeLessOftenThanItLooksAtTheFile() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        new LogReader(file, new LogReader.Request(true, -1, -1, null, false, ""), bytes -> {
        }, () -> asked.incrementAndGet() < 100, closedSoon()).run();
        assertThat(asked.get()).isBetween(1, 3);
    }

    /// A client that stays for a second.
    private static CountDownLatch closedSoon() {
        CountDownLatch closed = new CountDownLatch(1);
        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(closed::countDown);
        return closed;
    }

    private void append(boolean first) {
        try {
            if (first) {
                Files.writeString(file, "2026-11-20T06:00:04Z stdout F four\n", StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String read(LogReader.Request request) throws IOException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new LogReader(file, request, out::writeBytes, () -> false, new CountDownLatch(1)).run();
        return out.toString(StandardCharsets.UTF_8);
    }
}
