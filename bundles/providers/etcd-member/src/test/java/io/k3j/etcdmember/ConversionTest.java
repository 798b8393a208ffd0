package io.k3j.etcdmember;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.jetcd.EtcdKey;
import io.k3j.jetcd.EtcdPage;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What of an SQLite database goes to etcd, and what has to be there at the end.
class ConversionTest {
    @TempDir
    Path directory;
    private Path database;

    @BeforeEach
    void fill() throws SQLException {
        database = directory.resolve("state.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database)) {
            connection.createStatement().execute("CREATE TABLE kine (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT,"
                    + " created INTEGER, deleted INTEGER, create_revision INTEGER, prev_revision INTEGER,"
                    + " lease INTEGER, value BLOB, old_value BLOB)");
            row(connection, 2, "/registry/b", 0);
            row(connection, 3, "/registry/events/e", 3600);
            row(connection, 4, "/registry/masterleases/10.0.0.1", 15);
            row(connection, 5, "/registry/a", 0);
            row(connection, 6, "/registry/leases/kube-system/a", 0);
        }
    }

    private static void row(Connection connection, long id, String name, int lease) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO kine (id, name, created, deleted,"
                + " create_revision, prev_revision, lease, value) VALUES (?, ?, 1, 0, 0, 0, ?, ?)")) {
            insert.setLong(1, id);
            insert.setString(2, name);
            insert.setInt(3, lease);
            insert.setBytes(4, name.getBytes(UTF_8));
            insert.execute();
        }
    }

    @Test
    void theAddressesOfRunningServersStayBehind() throws SQLException {
        List<String> copied = new ArrayList<>();
        Conversion.Copied all = Conversion.copy((key, value, seconds) -> copied.add(key + " " + seconds), database);
        assertThat(copied).containsExactly("/registry/b 0", "/registry/events/e 3600", "/registry/a 0",
                "/registry/leases/kube-system/a 0");
        assertThat(all.newest()).isEqualTo(6);
    }

    /// Etcd ends leases while the revision is raised.
    @Test
    void whatHasALeaseMayEndMeanwhile() throws SQLException {
        NavigableMap<String, Long> etcd = new TreeMap<>();
        Conversion.Copied all = Conversion.copy((key, value, seconds) -> etcd.put(key, seconds), database);
        assertThat(Conversion.lasting(start -> page(etcd, start))).isEqualTo(all.lasting());
        etcd.values().removeIf(seconds -> seconds > 0);
        assertThat(Conversion.lasting(start -> page(etcd, start))).isEqualTo(all.lasting());
        etcd.remove("/registry/b");
        assertThat(Conversion.lasting(start -> page(etcd, start))).isNotEqualTo(all.lasting());
    }

    /// One key each.
    private static EtcdPage page(NavigableMap<String, Long> etcd, String start) {
        Map<String, Long> behind = etcd.tailMap(start, true);
        List<EtcdKey> keys = behind.entrySet().stream().limit(1)
                .map(one -> new EtcdKey(one.getKey(), new byte[0], 2, 2, 1, one.getValue())).toList();
        return new EtcdPage(keys, behind.size() > 1, etcd.size(), 2, 1);
    }
}
