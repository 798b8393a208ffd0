package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.StoreRunner;
import io.k3j.etcdmember.EtcdCertificates;
import io.k3j.testkitdatabases.EtcdServers;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Copies between real stores.
@NeedsPackages({"etcd-server", "mariadb-server", "postgresql"})
@Tag("data")
class DatastoreCopyItest {
    /// More than one page.
    private static final int KEYS = 1_050;
    @TempDir
    Path directory;

    private Stores.Side side(String text) throws IOException {
        StoreRunner.Server here = new StoreRunner.Server(Files.createDirectories(directory.resolve("here")),
                "server-1", "127.0.0.1");
        return Stores.Side.of(text, List.of("", "", ""), here);
    }

    private Path dataDir(String name) throws IOException {
        return EtcdCertificates.in(Files.createDirectories(directory.resolve(name)));
    }

    private interface Work {
        void on(Datastore store);
    }

    private static void with(Stores.Side side, boolean fresh, Work work) throws Exception {
        try (Stores.Open open = Stores.open(side, fresh)) {
            work.on(open.datastore());
        }
    }

    /// Keys whose last changes are in another order than their names, some of them deleted, one of an event.
    private static void fill(Datastore store) {
        List<Long> revisions = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            revisions.add(put(store, "/registry/x/" + (KEYS - i), 0, "v" + i));
        }
        put(store, "/registry/x/" + (KEYS - 3), revisions.get(3), "changed");
        store.delete("/registry/x/" + (KEYS - 5), revisions.get(5));
        store.commit("/registry/events/default/e", 0, new byte[] {0, 1, -1}, Duration.ofHours(1));
        store.commit("/registry/masterleases/10.0.0.1", 0, new byte[1], Duration.ofHours(1));
        put(store, "/bootstrap/abc", 0, "sealed");
    }

    private static long put(Datastore store, String key, long expected, String value) {
        CommitResult result = store.commit(key, expected, value.getBytes(StandardCharsets.UTF_8), Duration.ZERO);
        return ((CommitResult.Committed) result).revision();
    }

    private static List<String> ordered(Datastore store) {
        return store.range("", "", 0, 0).entries().stream().filter(e -> !e.key().equals(DatastoreCopy.COPIED))
                .sorted(Comparator.comparingLong(Entry::revision))
                .map(e -> e.key() + "=" + new String(e.value(), StandardCharsets.ISO_8859_1)).toList();
    }

    /// Copies and looks at what came out.
    private static void copied(Stores.Side from, Stores.Side to, List<String> wanted, long above) throws Exception {
        DatastoreCopy.Content content = DatastoreCommand.copy(from, to);
        assertThat(content.keys())
                .isEqualTo(wanted.stream().filter(row -> !row.startsWith("/registry/events/")).count());
        with(to, false, store -> {
            assertThat(ordered(store)).isEqualTo(wanted);
            assertThat(store.revision()).isGreaterThanOrEqualTo(above);
            assertThat(store.get(DatastoreCopy.COPIED)).hasValueSatisfying(
                    e -> assertThat(new String(e.value(), StandardCharsets.UTF_8)).isEqualTo(to.kind()));
        });
        assertThatThrownBy(() -> DatastoreCommand.copy(from, to)).isInstanceOf(UsageFailure.class)
                .hasMessageContaining("not empty");
    }

    private record Source(List<String> rows, long revision) {
    }

    private Source filled(Stores.Side side) throws Exception {
        List<String> rows = new ArrayList<>();
        long[] revision = new long[1];
        with(side, true, store -> {
            fill(store);
            rows.addAll(ordered(store));
            revision[0] = store.revision();
        });
        rows.removeIf(row -> row.startsWith("/registry/masterleases/"));
        return new Source(rows, revision[0]);
    }

    @Test
    void everyKeyGoesFromSqliteToEtcdToManagedEtcdAndBackInTheSameOrder() throws Exception {
        Stores.Side first = side("sqlite://" + dataDir("one"));
        Source source = filled(first);
        try (EtcdServers etcd = EtcdServers.start(Files.createDirectories(directory.resolve("etcd")), 1)) {
            etcd.awaitHealth();
            Stores.Side external = side(etcd.endpoints());
            copied(first, external, source.rows(), source.revision());
            Stores.Side managed = side("etcd://" + dataDir("two"));
            copied(external, managed, source.rows(), source.revision());
            assertThat(directory.resolve("two/server/db/etcd-copying")).doesNotExist();
            copied(managed, side("sqlite://" + dataDir("three")), source.rows(), source.revision());
        }
    }

    @Test
    void whatIsNoStoreOrNotThereIsNamed() throws Exception {
        assertThatThrownBy(() -> side("oracle://x")).hasMessageContaining("'oracle' is no store");
        Stores.Side nowhere = side("sqlite://" + directory.resolve("nowhere"));
        assertThatThrownBy(() -> DatastoreCommand.copy(nowhere, nowhere))
                .hasMessageContaining("there is no SQLite datastore in");
        Stores.Side managed = side("etcd://" + dataDir("empty"));
        assertThatThrownBy(() -> DatastoreCommand.copy(managed, nowhere)).hasMessageContaining("no managed etcd in");
        assertThat(directory.resolve("nowhere")).doesNotExist();
    }

    @Test
    @Tag("full")
    void everyPairOfServersAndFiles() throws Exception {
        Stores.Side sqlite = side("sqlite://" + dataDir("source"));
        Source source = filled(sqlite);
        try (MariadbServer maria = MariadbServer.started(); PostgresServer postgres = PostgresServer.started()) {
            List<Stores.Side> all = new ArrayList<>(List.of(sqlite));
            for (String text : List.of(maria.endpoint("first"), postgres.endpoint("first"),
                    "etcd://" + dataDir("managed"))) {
                Stores.Side next = side(text);
                copied(all.getLast(), next, source.rows(), source.revision());
                all.add(next);
            }
            int n = 0;
            for (Stores.Side from : all) {
                for (String text : List.of(maria.endpoint("p" + n), postgres.endpoint("p" + n),
                        "sqlite://" + dataDir("s" + n), "etcd://" + dataDir("e" + n))) {
                    copied(from, side(text), source.rows(), source.revision());
                }
                n++;
            }
        }
    }
}
