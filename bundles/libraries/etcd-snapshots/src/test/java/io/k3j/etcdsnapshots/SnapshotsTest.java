package io.k3j.etcdsnapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotsTest {
    @TempDir
    Path directory;

    private void file(String name, long seconds) throws IOException {
        Files.writeString(directory.resolve(name), name);
        Files.setLastModifiedTime(directory.resolve(name), FileTime.from(Instant.ofEpochSecond(seconds)));
    }

    @Test
    void theOldestOfThisNodeAndPrefixGo() throws IOException {
        Snapshots snapshots = new Snapshots(directory, "n1", InstantSource.system());
        for (int i = 1; i <= 4; i++) {
            file("etcd-snapshot-n1-100" + i, 1_000 + i);
        }
        file("on-demand-n1-1", 1);
        file("etcd-snapshot-n2-1", 1);
        file("half.part", 1);
        assertThat(snapshots.prune("etcd-snapshot", 2)).containsExactly("etcd-snapshot-n1-1001",
                "etcd-snapshot-n1-1002");
        assertThat(snapshots.list()).extracting(Snapshots.Snapshot::name).contains("on-demand-n1-1",
                "etcd-snapshot-n2-1", "etcd-snapshot-n1-1004").doesNotContain("half.part");
        assertThat(snapshots.prune("etcd-snapshot", 0)).isEmpty();
    }

    @Test
    void whatSomebodyLeftWhoWasKilledGoesAndNothingElse() throws IOException {
        Path inner = Files.createDirectory(directory.resolve("in"));
        Path told = Files.createDirectory(directory.resolve(".metadata"));
        Instant begun = ProcessHandle.current().info().startInstant().orElseThrow();
        for (String name : List.of("etcd-snapshot-n1-1001", "etcd-snapshot-n1-1002.part", "etcd-snapshot-n2-1.part",
                "mine.part", "now-n1-9.part")) {
            Files.writeString(inner.resolve(name), name);
            Files.setLastModifiedTime(inner.resolve(name),
                    FileTime.from(begun.plusMillis(name.startsWith("now") ? 1_500 : 900)));
        }
        for (String name : List.of("etcd-snapshot-n1-1001", "etcd-snapshot-n1-1002.zip", "in-s3-n1-1")) {
            Files.writeString(told.resolve(name), "{}");
        }
        new Snapshots(inner, "n1", InstantSource.system()).tidy();
        assertThat(inner).isDirectoryNotContaining("glob:**1002.part").isDirectoryContaining("glob:**1001")
                .isDirectoryContaining("glob:**n2-1.part").isDirectoryContaining("glob:**mine.part")
                .isDirectoryContaining("glob:**now-n1-9.part");
        assertThat(told).isDirectoryNotContaining("glob:**1002.zip").isDirectoryContaining("glob:**1001")
                .isDirectoryContaining("glob:**in-s3-n1-1");
    }

    @Test
    void onlySnapshotsAreDeleted() throws IOException {
        Path inner = Files.createDirectory(directory.resolve("in"));
        Snapshots snapshots = new Snapshots(inner, "n1", InstantSource.system());
        file("secret", 1);
        assertThat(snapshots.delete(List.of("../secret", "nothing"))).isEmpty();
        assertThat(directory.resolve("secret")).exists();
    }

    @Test
    void aFileThatIsNotCalledAsSnapshotsAreStays() throws IOException {
        Snapshots snapshots = new Snapshots(directory, "n1", InstantSource.system());
        List<String> others = List.of("server.key", "token", "-1", "a-", "backup-1.tar");
        for (String name : others) {
            file(name, 1);
        }
        file("mine-n2-12.zip", 1);
        assertThat(snapshots.delete(others)).isEmpty();
        assertThat(snapshots.delete(List.of("mine-n2-12.zip"))).containsExactly("mine-n2-12.zip");
    }

    @Test
    void aSnapshotIsForRootOnly() throws IOException {
        Path file = directory.resolve("s");
        Snapshots.secret(file).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }

    @Test
    void aRequestThatNamesNoBucketIsAboutNoneWhateverTheFlagsSay() throws IOException {
        SnapshotPlan plan = new SnapshotPlan(directory, "etcd-snapshot", Optional.empty(), 5, false,
                Duration.ofMinutes(10), Struct.of("bucket", "b"));
        SnapshotStores stores = new SnapshotStores(plan, "n1",
                new ClusterFacts(directory.resolve("passwd"), () -> null), new SnapshotTimes(System::nanoTime),
                InstantSource.system());
        try (SnapshotStores.Both both = stores.of(Struct.EMPTY)) {
            assertThat(both.wantsS3()).isFalse();
        }
        assertThatThrownBy(() -> stores.of(Struct.of("s3", Struct.EMPTY)))
                .hasMessageContaining("s3 bucket name was not set");
    }

    @Test
    void nobodyNamesADirectoryElsewhere() throws IOException {
        Path own = Files.createDirectory(directory.resolve("own"));
        Files.createSymbolicLink(own.resolve("out"), directory);
        assertThat(SnapshotStores.directory(own, "")).isEqualTo(own);
        assertThat(SnapshotStores.directory(own, own.toString())).isEqualTo(own);
        assertThat(SnapshotStores.directory(own, own + "/a/b")).isEqualTo(own.resolve("a/b"));
        for (String other : List.of("/etc", own + "/../x", own + "x", directory.toString(), own + "/out",
                own + "/out/new")) {
            assertThatThrownBy(() -> SnapshotStores.directory(own, other)).as(other)
                    .hasMessageContaining("is not below " + own);
        }
    }
}
