package io.k3j.childprocess;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    @TempDir
    Path directory;

    private Daemon daemon() {
        return new Daemon(directory.resolve("x.process"), directory.resolve("x.log"));
    }

    @Test
    void isFoundByItsRecordUntilItEnds() throws IOException, InterruptedException {
        assertThat(daemon().running()).isEmpty();
        ProcessHandle started = daemon().start(List.of("setsid", "sleep", "60"), e -> e.clear(), "abc");
        try {
            assertThat(daemon().running()).hasValueSatisfying(record -> {
                assertThat(record.pid()).isEqualTo(started.pid());
                assertThat(record.hash()).isEqualTo("abc");
            });
        } finally {
            Daemon.end(started, LIMIT);
        }
        assertThat(daemon().running()).isEmpty();
    }

    @Test
    void anotherProcessWithItsNumberIsNotTakenForIt() throws IOException {
        ProcessRecord own = ProcessRecord.of(ProcessHandle.current().pid(), "abc");
        Path file = directory.resolve("x.process");
        own.write(file);
        assertThat(daemon().running()).hasValue(own);
        new ProcessRecord(own.pid(), own.started() + 1, "abc").write(file);
        assertThat(daemon().running()).isEmpty();
        Files.writeString(file, "rubbish");
        assertThat(daemon().running()).isEmpty();
    }

    @Test
    void whatItSaysIsAddedToTheLog() throws IOException, InterruptedException {
        Files.writeString(directory.resolve("x.log"), "before ");
        assertThat(daemon().rotate()).isEqualTo("before ".length());
        ProcessHandle said = daemon().start(List.of("sh", "-c", "echo $WORD >&2"), e -> e.put("WORD", "after"), "");
        assertThat(Daemon.ended(said, LIMIT)).isTrue();
        assertThat(directory.resolve("x.log")).hasContent("before after");
    }

    @Test
    void aLargeLogIsPutAside() throws IOException {
        try (RandomAccessFile log = new RandomAccessFile(directory.resolve("x.log").toFile(), "rw")) {
            log.setLength((64L << 20) + 1);
        }
        assertThat(daemon().rotate()).isZero();
        assertThat(directory.resolve("x.log.1")).hasSize((64L << 20) + 1);
    }

    @Test
    void hashesDifferByText() {
        assertThat(ProcessRecord.hash("a")).hasSize(16).isEqualTo(ProcessRecord.hash("a"))
                .isNotEqualTo(ProcessRecord.hash("b"));
    }
}
