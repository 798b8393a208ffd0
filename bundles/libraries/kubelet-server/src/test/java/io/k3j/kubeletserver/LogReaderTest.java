package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.nodefiles.FileRoots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {
    private static final String LOG = """
            2026-11-20T06:00:01Z stdout F one
            2026-11-20T06:00:02.5Z stderr F two
            2026-11-20T06:00:03.000000001Z stdout P thr
            2026-11-20T06:00:03.000000002Z stdout F ee
            """;
    private static final LogReader.Request ALL = new LogReader.Request(false, -1, -1, null, false, "");
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
        new LogReader(roots(), file, new LogReader.Request(true, -1, -1, null, false, ""), out::writeBytes, () -> {
            append(asked[0] == 0);
            return asked[0]++ == 0;
        }, new CountDownLatch(1)).run();
        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("four\n");
    }

    @Test
    void goesOnInTheNextFileHoweverMuchItHoldsAlready() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean[] rotated = {false};
        new LogReader(roots(), file, new LogReader.Request(true, -1, -1, null, false, ""), bytes -> {
            out.writeBytes(bytes);
            if (!rotated[0]) {
                rotated[0] = true;
                Files.move(file, directory.resolve("0.log.1"));
                Files.writeString(file, LOG + "2026-11-20T06:00:04Z stdout F four\n");
            }
        }, () -> out.size() < 100 && !out.toString(StandardCharsets.UTF_8).endsWith("four\n"), closedAfter(60)).run();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo\nthree\none\ntwo\nthree\nfour\n");
    }

    @Test
    void asksTheRuntimeLessOftenThanItLooksAtTheFile() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        long begun = System.nanoTime();
        new LogReader(roots(), file, new LogReader.Request(true, -1, -1, null, false, ""), bytes -> {
        }, () -> asked.incrementAndGet() < 100, closedAfter(1)).run();
        assertThat(asked.get()).isBetween(1, 2 + (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun));
    }

    @Test
    void aLineOfAnotherFormIsLeftOut() throws Exception {
        Files.writeString(file, "    client-key-data: of the host\nstdout F x y\n2026-11-20 06:00:01 stdout F x\n"
                + "2026-11-20T06:00:01Z other F x\n2026-11-20T06:00:01.123456789+01:00 stdout F fine\n");
        assertThat(read(ALL)).isEqualTo("fine\n");
    }

    /// A container whose volume is the directory of its log puts something else in the place of the log.
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void opensNothingThatARuntimeDoesNotWrite() throws Exception {
        Path logs = Files.createDirectory(directory.resolve("logs"));
        Files.move(file, directory.resolve("secret"));
        file = Files.createSymbolicLink(logs.resolve("0.log"), directory.resolve("secret"));
        assertThatThrownBy(() -> read(ALL)).hasMessageContaining("is a link, which is not followed");
        Files.createSymbolicLink(logs.resolve("c"), directory);
        file = logs.resolve("c/secret");
        assertThatThrownBy(() -> read(ALL)).hasMessageContaining("is a link, which is not followed");
        file = logs.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
        assertThatThrownBy(() -> read(ALL)).hasMessageContaining("is no regular file");
    }

    @Test
    void followsNoLinkThatTakesThePlaceOfTheLog() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "2026-11-20T06:00:09Z stdout F of the host\n");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogReader reader = new LogReader(roots(), file, new LogReader.Request(true, -1, -1, null, false, ""),
                bytes -> {
                    out.writeBytes(bytes);
                    Files.delete(file);
                    Files.createSymbolicLink(file, secret);
                }, () -> true, closedAfter(60));
        assertThatThrownBy(reader::run).hasMessageContaining("is a link, which is not followed");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo\nthree\n");
    }

    /// It is twice as large as the heap of these tests (`pom.xml`).
    @Test
    void aLineWithoutEndIsNotKept() throws Exception {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(1L << 28);
        }
        assertThat(read(ALL)).isEqualTo("one\ntwo\nthree\n");
        assertThat(read(new LogReader.Request(false, 2, -1, null, false, ""))).isEqualTo("ee\n");
    }

    @Test
    void aLongerLineThanRuntimesWriteIsToldAsItIsRead() throws Exception {
        String text = "x".repeat(200_000);
        Files.writeString(file, "2026-11-20T06:00:01Z stdout F " + text + "\n" + "y".repeat(200_000) + "\n" + LOG);
        assertThat(read(ALL)).isEqualTo(text + "\none\ntwo\nthree\n");
    }

    /// A client that stays for some seconds.
    private static CountDownLatch closedAfter(long seconds) {
        CountDownLatch closed = new CountDownLatch(1);
        CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS).execute(closed::countDown);
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

    private FileRoots roots() {
        return new FileRoots(List.of(directory));
    }

    private String read(LogReader.Request request) throws IOException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new LogReader(roots(), file, request, out::writeBytes, () -> false, new CountDownLatch(1)).run();
        return out.toString(StandardCharsets.UTF_8);
    }
}
