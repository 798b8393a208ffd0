package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a start finds after its predecessor was killed while it replaced the data directory.
class DataDirReplacementTest {
    @TempDir
    Path directory;
    private EtcdLayout layout;
    private Path db;

    @BeforeEach
    void createDirectory() throws IOException {
        layout = new EtcdLayout(directory);
        db = Files.createDirectories(directory.resolve("server/db"));
    }

    private static void member(Path data, String content) throws IOException {
        Files.createDirectories(data.resolve("member/wal"));
        Files.writeString(data.resolve("member/said"), content);
    }

    private String content() throws IOException {
        return Files.readString(layout.data().resolve("member/said"));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(db)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void incompleteDataIsRemovedAndTheOldIsKept() throws Exception {
        member(layout.data(), "old");
        member(db.resolve("etcd-reset"), "half");
        member(db.resolve("etcd-converting"), "half");
        for (String left : List.of("etcd-reset.config", "etcd-reset.snapshot", "fetched-a")) {
            Files.writeString(db.resolve(left), "");
        }
        DataDirReplacement.cleanUp(layout);
        assertThat(content()).isEqualTo("old");
        assertThat(names()).containsExactly("etcd");
    }

    @Test
    void completeDataReplacesTheOldWhichIsKeptAside() throws Exception {
        member(layout.data(), "old");
        member(layout.next(), "new");
        DataDirReplacement.cleanUp(layout);
        assertThat(content()).isEqualTo("new");
        assertThat(names()).hasSize(2).last().asString().startsWith("etcd-old-");
        assertThat(db.resolve(names().getLast()).resolve("member/said")).hasContent("old");
    }

    @Test
    void completeDataIsUsedWhenTheOldWasMovedAlready() throws Exception {
        member(layout.next(), "new");
        DataDirReplacement.cleanUp(layout);
        assertThat(content()).isEqualTo("new");
        assertThat(names()).containsExactly("etcd");
    }

    @Test
    void dataOfAnInterruptedResetIsNotKept() throws Exception {
        member(layout.data(), "of the first try");
        Files.writeString(layout.data().resolve(DataDirReplacement.RESET), "");
        member(layout.next(), "new");
        DataDirReplacement.cleanUp(layout);
        assertThat(content()).isEqualTo("new");
        assertThat(names()).containsExactly("etcd");
    }

    @Test
    void aHalfRenamedDatabaseIsRenamedCompletely() throws Exception {
        member(layout.data(), "new");
        Files.writeString(layout.data().resolve(DataDirReplacement.CONVERTED), "");
        Files.writeString(db.resolve("state.db"), "x");
        Files.writeString(db.resolve("state.db.lock"), "");
        Files.writeString(db.resolve("state.db.migrated-wal"), "x");
        DataDirReplacement.cleanUp(layout);
        assertThat(names()).containsExactly("etcd", "state.db.migrated", "state.db.migrated-wal");
        assertThat(layout.data().resolve(DataDirReplacement.CONVERTED)).doesNotExist();
    }

    @Test
    void aDatabaseNextToUnrelatedDataIsKept() throws Exception {
        member(layout.data(), "its own");
        Files.writeString(db.resolve("state.db"), "x");
        DataDirReplacement.cleanUp(layout);
        assertThat(names()).containsExactly("etcd", "state.db");
    }

    @Test
    void aSnapshotWithMissingAuthoritiesHasToBeRestoredAgain() throws Exception {
        member(layout.data(), "new");
        Files.writeString(layout.data().resolve(DataDirReplacement.RESET), "");
        DataDirReplacement.check(layout);
        Files.writeString(layout.data().resolve(DataDirReplacement.RESET), "/backup/first");
        assertThatThrownBy(() -> DataDirReplacement.check(layout)).isInstanceOf(MemberFault.class)
                .hasMessageContaining("/backup/first was interrupted").hasMessageContaining("once more");
    }
}
