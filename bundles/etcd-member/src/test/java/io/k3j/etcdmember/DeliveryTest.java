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

/// What a start finds whose predecessor was killed while he put other data in the place of this server's.
class DeliveryTest {
    @TempDir
    Path directory;
    private Places places;
    private Path db;

    @BeforeEach
    void begin() throws IOException {
        places = new Places(directory);
        db = Files.createDirectories(directory.resolve("server/db"));
    }

    private static void member(Path data, String said) throws IOException {
        Files.createDirectories(data.resolve("member/wal"));
        Files.writeString(data.resolve("member/said"), said);
    }

    private String said() throws IOException {
        return Files.readString(places.data().resolve("member/said"));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(db)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void dataThatWasNotYetWholeIsRemovedAndTheOldStays() throws Exception {
        member(places.data(), "old");
        member(db.resolve("etcd-reset"), "half");
        member(db.resolve("etcd-converting"), "half");
        for (String left : List.of("etcd-reset.config", "etcd-reset.snapshot", "fetched-a")) {
            Files.writeString(db.resolve(left), "");
        }
        Delivery.tidy(places);
        assertThat(said()).isEqualTo("old");
        assertThat(names()).containsExactly("etcd");
    }

    @Test
    void wholeDataTakesThePlaceOfTheOldWhichIsKept() throws Exception {
        member(places.data(), "old");
        member(places.next(), "new");
        Delivery.tidy(places);
        assertThat(said()).isEqualTo("new");
        assertThat(names()).hasSize(2).last().asString().startsWith("etcd-old-");
        assertThat(db.resolve(names().getLast()).resolve("member/said")).hasContent("old");
    }

    @Test
    void wholeDataIsTakenWhenTheOldHasGoneAlready() throws Exception {
        member(places.next(), "new");
        Delivery.tidy(places);
        assertThat(said()).isEqualTo("new");
        assertThat(names()).containsExactly("etcd");
    }

    @Test
    void dataOfAResetThatWasNotThroughDoesNotPushOlderDataOut() throws Exception {
        member(places.data(), "of the first try");
        Files.writeString(places.data().resolve(Delivery.RESET), "");
        member(places.next(), "new");
        Delivery.tidy(places);
        assertThat(said()).isEqualTo("new");
        assertThat(names()).containsExactly("etcd");
    }

    @Test
    void aDatabaseThatIsHalfAsideIsPutAside() throws Exception {
        member(places.data(), "new");
        Files.writeString(places.data().resolve(Delivery.CONVERTED), "");
        Files.writeString(db.resolve("state.db"), "x");
        Files.writeString(db.resolve("state.db.lock"), "");
        Files.writeString(db.resolve("state.db.migrated-wal"), "x");
        Delivery.tidy(places);
        assertThat(names()).containsExactly("etcd", "state.db.migrated", "state.db.migrated-wal");
        assertThat(places.data().resolve(Delivery.CONVERTED)).doesNotExist();
    }

    @Test
    void aDatabaseBesideOtherDataStays() throws Exception {
        member(places.data(), "its own");
        Files.writeString(db.resolve("state.db"), "x");
        Delivery.tidy(places);
        assertThat(names()).containsExactly("etcd", "state.db");
    }

    @Test
    void aSnapshotWhoseAuthoritiesAreMissingIsRestoredOnceMore() throws Exception {
        member(places.data(), "new");
        Files.writeString(places.data().resolve(Delivery.RESET), "");
        Delivery.check(places);
        Files.writeString(places.data().resolve(Delivery.RESET), "/backup/first");
        assertThatThrownBy(() -> Delivery.check(places)).isInstanceOf(MemberFault.class)
                .hasMessageContaining("/backup/first was interrupted").hasMessageContaining("once more");
    }
}
