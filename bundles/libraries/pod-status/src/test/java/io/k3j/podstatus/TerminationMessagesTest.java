package io.k3j.podstatus;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kuberuntime.PodRuntime;
import io.k3j.nodeapi.Container;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TerminationMessagesTest {
    @TempDir
    private Path directory;

    @Test
    void remainAvailableAfterThePodDirectoryIsRemoved() throws Exception {
        Path file = Files.writeString(directory.resolve("0"), "why\n");
        TerminationMessages words = new TerminationMessages(c -> file, directory);
        assertThat(words.of(with(Container.State.RUNNING))).isEmpty();
        assertThat(words.of(with(Container.State.EXITED))).containsExactly(Map.entry("id", "why\n"));
        Files.delete(file);
        assertThat(words.of(with(Container.State.EXITED))).containsExactly(Map.entry("id", "why\n"));
        assertThat(words.of(PodRuntime.EMPTY)).isEmpty();
    }

    @Test
    void areTheEndOfWhatIsTooLong() throws Exception {
        Path file = Files.writeString(directory.resolve("long"), "x".repeat(10_000) + "FATAL");
        assertThat(new TerminationMessages(_ -> file, directory).of(with(Container.State.EXITED)).get("id"))
                .hasSize(4096).endsWith("FATAL");
    }

    @Test
    void areTheEndOfTheLogOfWhatHadTooLittleMemoryHoweverItEnded() throws Exception {
        Path log = Files.createDirectories(directory.resolve("pods/p/c")).resolve("0.log");
        Files.writeString(log, "2026-11-20T06:00:02Z stderr F the end\n");
        assertThat(fallback(log, 0, "OOMKilled")).isEqualTo("the end");
        assertThat(fallback(log, 0, "Completed")).isEmpty();
    }

    private String fallback(Path log) {
        return fallback(log, 1, "Error");
    }

    private String fallback(Path log, int code, String reason) {
        Container.End end = new Container.End(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, code, reason, "",
                log.toString());
        Container c = new Container("id", "s", "c", 0, Container.State.EXITED, "i", Map.of(),
                Map.of("io.kubernetes.container.terminationMessagePolicy", "FallbackToLogsOnError"), end);
        return new TerminationMessages(_ -> directory.resolve("none"), directory.resolve("pods"))
                .of(new PodRuntime(List.of(), Map.of("c", List.of(c)))).getOrDefault("id", "none");
    }

    @Test
    void areTheEndOfTheLogWhereThePolicySaysSo() throws Exception {
        Path log = Files.createDirectories(directory.resolve("pods/p/c")).resolve("0.log");
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            lines.append("2026-11-20T06:00:01.5Z stdout F line ").append(i).append('\n');
        }
        Files.writeString(log, lines + "2026-11-20T06:00:02+01:00 stderr F the end\n");
        assertThat(fallback(log)).startsWith("line 21\nline 22\n").endsWith("\nline 99\nthe end");
        Files.writeString(log, "2026-11-20T06:00:02Z stdout F " + "x".repeat(16_384) + "\n");
        assertThat(fallback(log)).isEqualTo("x".repeat(2048));
    }

    /// A container whose volume is the directory of its log puts something else in the place of the log.
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void areNothingThatTheRuntimeDidNotWrite() throws Exception {
        Path logs = Files.createDirectories(directory.resolve("pods/p/c"));
        Path secret = Files.writeString(directory.resolve("secret"), "2026-11-20T06:00:01Z stdout F of the host\n");
        assertThat(fallback(Files.createSymbolicLink(logs.resolve("link"), secret))).isEmpty();
        Files.createSymbolicLink(directory.resolve("pods/p/d"), directory);
        assertThat(fallback(directory.resolve("pods/p/d/secret"))).isEmpty();
        assertThat(fallback(secret)).isEmpty();
        assertThat(new ProcessBuilder("mkfifo", logs.resolve("pipe").toString()).start().waitFor()).isZero();
        assertThat(fallback(logs.resolve("pipe"))).isEmpty();
        assertThat(fallback(Files.writeString(logs.resolve("other"), "    key: a b c d e\nkey\n"))).isEmpty();
        try (RandomAccessFile sparse = new RandomAccessFile(logs.resolve("sparse").toFile(), "rw")) {
            sparse.setLength(1L << 30);
        }
        assertThat(fallback(logs.resolve("sparse"))).isEmpty();
    }

    private static PodRuntime with(Container.State state) {
        Container c = new Container("id", "s", "c", 0, state, "i", Map.of(), Map.of(), Container.End.NONE);
        return new PodRuntime(List.of(), Map.of("c", List.of(c)));
    }
}
