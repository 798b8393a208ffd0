package io.k3j.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rotation, and what becomes of backups.
class LogFileTest {
    @TempDir
    private Path directory;
    private Instant now = Instant.parse("2026-01-02T03:04:05.678Z");

    private Path log() {
        return directory.resolve("logs/audit.log");
    }

    private LogFile file(LogFile.Retention retention) {
        return new LogFile(log(), retention, () -> now, () -> {
        });
    }

    private static byte[] line(int length, char with) {
        byte[] line = new byte[length];
        Arrays.fill(line, (byte) with);
        line[length - 1] = '\n';
        return line;
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(log().getParent())) {
            return all.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void fileAndDirectoryAreTheirOwnersAlone() throws IOException {
        file(new LogFile.Retention(0, 0, 0, false)).opened().close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log()))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log().getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void aNewStartGoesOnWhereTheLastEnded() throws IOException {
        for (String word : List.of("one\n", "two\n")) {
            try (LogFile file = file(new LogFile.Retention(0, 0, 0, false))) {
                file.write(word.getBytes(StandardCharsets.UTF_8));
            }
        }
        assertThat(Files.readString(log())).isEqualTo("one\ntwo\n");
    }

    @Test
    void aFullFileGetsItsTimeIntoItsName() throws IOException {
        try (LogFile file = file(new LogFile.Retention(1, 0, 0, false))) {
            file.write(line(700_000, 'a'));
            file.write(line(300_000, 'b'));
            file.write(line(100_000, 'c'));
        }
        assertThat(names()).containsExactly("audit-2026-01-02T03-04-05.678.log", "audit.log");
        assertThat(Files.size(log())).isEqualTo(100_000);
    }

    @Test
    void rotationsWithinAMillisecondLoseNothing() throws IOException {
        try (LogFile file = file(new LogFile.Retention(1, 0, 0, false))) {
            for (char c = 'a'; c < 'e'; c++) {
                file.write(line(1 << 20, c));
            }
        }
        assertThat(names()).hasSize(4).contains("audit-2026-01-02T03-04-05.680.log");
    }

    @Test
    void aLineLargerThanAFileIsRefused() throws IOException {
        try (LogFile file = file(new LogFile.Retention(1, 0, 0, false))) {
            assertThatThrownBy(() -> file.write(line((1 << 20) + 1, 'a')))
                    .hasMessage("write length 1048577 exceeds maximum file size 1048576");
            file.write(line(10, 'a'));
        }
    }

    @Test
    void aFileThatWasTakenAwayIsBegunAnew() throws IOException {
        try (LogFile file = file(new LogFile.Retention(0, 0, 0, false))) {
            file.write(line(10, 'a'));
            Files.move(log(), log().resolveSibling("taken"));
            file.write(line(20, 'b'));
        }
        assertThat(Files.size(log())).isEqualTo(20);
    }

    @Test
    void anInterruptedThreadLosesNoLineAndRotatesNothing() throws IOException {
        try (LogFile file = file(new LogFile.Retention(1, 0, 0, false))) {
            Thread.currentThread().interrupt();
            file.write(line(10, 'a'));
            file.write(line(10, 'b'));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(names()).containsExactly("audit.log");
        assertThat(Files.readString(log())).isEqualTo("aaaaaaaaa\nbbbbbbbbb\n");
    }

    @Test
    void withoutABoundNothingIsRotated() throws IOException {
        try (LogFile file = file(new LogFile.Retention(0, 0, 0, false))) {
            file.write(line(3 << 20, 'a'));
            file.write(line(3 << 20, 'b'));
        }
        assertThat(names()).containsExactly("audit.log");
    }

    @Test
    void aNewFileHasTheRightsOfTheOneBefore() throws IOException {
        try (LogFile file = file(new LogFile.Retention(1, 0, 0, false))) {
            file.write(line(1 << 20, 'a'));
            Files.setPosixFilePermissions(log(), PosixFilePermissions.fromString("rw-r-----"));
            file.write(line(10, 'b'));
        }
        assertThat(names()).hasSize(2);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log()))).isEqualTo("rw-r-----");
    }

    @Test
    void whatAKilledProcessLeftOfALineGetsItsEnd() throws IOException {
        Files.createDirectories(log().getParent());
        Files.writeString(log(), "whole\nha");
        try (LogFile file = file(new LogFile.Retention(1, 0, 0, false)).opened()) {
            file.write("next\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(Files.readString(log())).isEqualTo("whole\nha\nnext\n");
    }

    @Test
    void aLinkIsFollowedAndNeverRenamed() throws IOException {
        Files.createDirectories(log().getParent());
        Path real = Files.createFile(directory.resolve("real"));
        Files.createSymbolicLink(log(), real);
        try (LogFile file = file(new LogFile.Retention(1, 0, 0, false)).opened()) {
            file.write(line(1 << 20, 'a'));
            file.write(line(1 << 20, 'b'));
        }
        assertThat(names()).containsExactly("audit.log");
        assertThat(Files.size(real)).isEqualTo(2 << 20);
    }

    @Test
    void aDirectoryThatEverybodyMayWriteToIsRefused() throws IOException {
        Files.createDirectories(log().getParent());
        Files.setPosixFilePermissions(log().getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> file(new LogFile.Retention(1, 0, 0, false)).opened())
                .hasMessageContaining("chmod o-w");
        assertThat(names()).isEmpty();
    }

    private void backup(String name) throws IOException {
        Files.createDirectories(log().getParent());
        Files.writeString(log().resolveSibling(name), name);
    }

    private void tidy(LogFile.Retention retention) throws IOException {
        new Backups(log(), retention, () -> now).tidy();
    }

    @Test
    void onlyTheNewestBackupsAreKeptAndNothingElseIsTouched() throws IOException {
        backup("audit-2026-01-01T00-00-00.001.log");
        backup("audit-2026-01-01T00-00-00.002.log.gz");
        backup("audit-2026-01-01T00-00-00.003.log");
        backup("audit-of-mine.log");
        backup("other-2026-01-01T00-00-00.001.log");
        tidy(new LogFile.Retention(0, 2, 0, false));
        assertThat(names()).containsExactly("audit-2026-01-01T00-00-00.002.log.gz", "audit-2026-01-01T00-00-00.003.log",
                "audit-of-mine.log", "other-2026-01-01T00-00-00.001.log");
    }

    @Test
    void backupsGetTooOld() throws IOException {
        backup("audit-2026-01-01T03-04-05.677.log");
        backup("audit-2026-01-01T03-04-05.678.log");
        tidy(new LogFile.Retention(0, 0, 1, false));
        assertThat(names()).containsExactly("audit-2026-01-01T03-04-05.678.log");
        now = now.plus(Duration.ofMillis(1));
        tidy(new LogFile.Retention(0, 0, 1, false));
        assertThat(names()).isEmpty();
    }

    /// As on a full disk: nothing can be compressed.
    @Test
    void whatCannotBeCompressedKeepsNothingFromBeingRemoved() throws IOException {
        backup("audit-2026-01-01T00-00-00.001.log");
        backup("audit-2026-01-01T00-00-00.002.log");
        backup("audit-2026-01-01T00-00-00.003.log");
        Files.createDirectories(log().resolveSibling("audit-2026-01-01T00-00-00.003.log.gz.tmp/in-the-way"));
        Files.createDirectory(log().resolveSibling("audit-2026-01-01T00-00-00.004.log"));
        assertThatThrownBy(() -> tidy(new LogFile.Retention(0, 2, 0, true))).isInstanceOf(IOException.class);
        assertThat(names()).containsExactly("audit-2026-01-01T00-00-00.002.log.gz", "audit-2026-01-01T00-00-00.003.log",
                "audit-2026-01-01T00-00-00.003.log.gz.tmp", "audit-2026-01-01T00-00-00.004.log");
    }

    @Test
    void backupsAreCompressed() throws IOException {
        backup("audit-2026-01-01T00-00-00.001.log");
        backup("audit-2026-01-01T00-00-00.001.log.gz.tmp");
        tidy(new LogFile.Retention(0, 0, 0, true));
        assertThat(names()).containsExactly("audit-2026-01-01T00-00-00.001.log.gz");
        try (GZIPInputStream in = new GZIPInputStream(
                Files.newInputStream(log().resolveSibling("audit-2026-01-01T00-00-00.001.log.gz")))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("audit-2026-01-01T00-00-00.001.log");
        }
    }
}
