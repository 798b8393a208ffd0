package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.cli.upgrade.UpgradeProblem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatastoreSnapshotTest {
    @TempDir
    Path dir;
    private Path database;
    private Path copies;

    @BeforeEach
    void database() throws IOException {
        database = Files.createDirectories(dir.resolve("server/db")).resolve("state.db");
        copies = dir.resolve("server/db/upgrade");
    }

    private DatastoreSnapshot snapshot(DatastoreSnapshot.Copy copy) {
        Host host = new Host("n1", true, "/root", List.of(), List.of(), Instant.EPOCH, Map.of(), Path.of("/absent"),
                line -> {
                    throw new IOException(line.getFirst());
                });
        return new DatastoreSnapshot(dir, host, new PrintStream(new ByteArrayOutputStream()), copy);
    }

    private void take(String name, int day, String content) throws IOException {
        Files.writeString(database, content);
        snapshot(Files::copy).take(name);
        Files.setLastModifiedTime(copies.resolve("state.db-" + name),
                FileTime.from(Instant.EPOCH.plus(Duration.ofDays(day))));
    }

    @Test
    void theCopyOfBeforeAnUpgradeOutlivesThatOfItsRollback() throws IOException {
        take("before-0.2.0", 1, "whole");
        take("before-0.1.0", 2, "spoilt");
        take("before-0.3.0", 3, "spoilt more");
        assertThat(copies.resolve("state.db-before-0.2.0")).hasContent("whole");
        assertThat(copies.toFile().list()).hasSize(3);
        take("before-0.4.0", 4, "later");
        assertThat(copies.toFile().list()).containsExactlyInAnyOrder("state.db-before-0.1.0", "state.db-before-0.3.0",
                "state.db-before-0.4.0");
    }

    @Test
    void whatWasWrittenLastTakesRoomAsWell() throws IOException {
        assertThat(snapshot(Files::copy).bytes()).isZero();
        Files.writeString(database, "four");
        assertThat(snapshot(Files::copy).bytes()).isEqualTo(4);
        Files.writeString(database.resolveSibling("state.db-wal"), "seven77");
        assertThat(snapshot(Files::copy).bytes()).isEqualTo(11);
    }

    @Test
    void aCopyThatFailsLeavesNothingAndSaysWhatToDo() throws IOException {
        take("before-0.2.0", 1, "whole");
        assertThatThrownBy(() -> snapshot((from, to) -> {
            Files.writeString(to, "half");
            throw new IOException("No space left on device");
        }).take("before-0.3.0")).isInstanceOf(UpgradeProblem.class).hasMessageContaining("No space left on device")
                .hasMessageContaining("--no-snapshot");
        assertThat(copies.toFile().list()).containsExactly("state.db-before-0.2.0");
    }
}
