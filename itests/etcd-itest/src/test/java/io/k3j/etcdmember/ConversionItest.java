package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.jetcd.EtcdKey;
import io.k3j.jetcd.EtcdRange;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server with SQLite that is started again with `--cluster-init`.
@NeedsPackages("etcd-server")
class ConversionItest {
    @TempDir
    Path directory;
    private Server server;
    private Path database;

    @BeforeEach
    void start() throws IOException {
        server = new Server(directory, "server-1", Optional.empty());
        database = directory.resolve("server/db/state.db");
        Files.createDirectories(database.getParent());
    }

    @AfterEach
    void end() {
        server.close();
    }

    private void rows() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database)) {
            connection.createStatement().execute("CREATE TABLE kine (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT,"
                    + " created INTEGER, deleted INTEGER, create_revision INTEGER, prev_revision INTEGER,"
                    + " lease INTEGER, value BLOB, old_value BLOB)");
            row(connection, 2, "/registry/b", false, 0, "old");
            row(connection, 3, "/registry/gone", false, 0, "x");
            row(connection, 4, "/registry/a", false, 0, "a");
            row(connection, 5, "/registry/b", false, 0, "b");
            row(connection, 6, "/registry/gone", true, 0, "x");
            row(connection, 7, "compact_rev_key", false, 0, "2");
            row(connection, 8, "/bootstrap/abc", false, 0, "");
            row(connection, 9, "/registry/events/e", false, 3600, "e");
            row(connection, 10, "/registry/masterleases/10.0.0.1", false, 15, "m");
            row(connection, 3_000, "/registry/last", false, 0, "l");
        }
    }

    private static void row(Connection connection, long id, String name, boolean deleted, int lease, String value)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO kine (id, name, created, deleted,"
                + " create_revision, prev_revision, lease, value) VALUES (?, ?, 0, ?, 0, 0, ?, ?)")) {
            insert.setLong(1, id);
            insert.setString(2, name);
            insert.setBoolean(3, deleted);
            insert.setInt(4, lease);
            insert.setBytes(5, value.getBytes(StandardCharsets.UTF_8));
            insert.execute();
        }
    }

    @Test
    void everyObjectAndTheirOrderAreKeptAndRevisionsGoOn() throws Exception {
        rows();
        assertThat(Conversion.due(server.places)).isTrue();
        new Conversion(server.config, Path.of("/usr/bin/etcd"), Optional.empty()).run();
        assertThat(database).doesNotExist();
        assertThat(database.resolveSibling("state.db.migrated")).exists();
        assertThat(Conversion.due(server.places)).isFalse();
        server.startAndWait();
        List<EtcdKey> keys = server.range(EtcdRange.everything());
        assertThat(keys.stream().sorted(Comparator.comparing(EtcdKey::modRevision)).map(EtcdKey::key)).containsExactly(
                "/registry/a", "/registry/b", "/bootstrap/abc", "/registry/events/e", "/registry/last");
        assertThat(keys).filteredOn(k -> k.lease() != 0).extracting(EtcdKey::key).containsExactly("/registry/events/e");
        assertThat(server.get("/registry/b")).hasValue("b");
        assertThat(server.get("/bootstrap/abc")).hasValue("");
        assertThat(server.put("/registry/new", "1")).isGreaterThan(3_000);
        assertThat(server.state().members()).singleElement()
                .satisfies(m -> assertThat(m.peerUrls()).containsExactly(server.config.peerUrl()));
    }

    @Test
    void aDatabaseThatCannotBeReadIsLeftAsItWas() throws IOException {
        Files.writeString(database, "this is no database, but it is long enough to look at it".repeat(20));
        byte[] before = Files.readAllBytes(database);
        assertThatThrownBy(() -> new Conversion(server.config, Path.of("/usr/bin/etcd"), Optional.empty()).run())
                .isInstanceOf(MemberFault.class).hasMessageContaining("was not touched");
        assertThat(database).hasBinaryContent(before);
        assertThat(server.places.data()).doesNotExist();
    }
}
