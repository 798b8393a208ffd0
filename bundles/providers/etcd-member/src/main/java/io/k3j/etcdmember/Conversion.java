package io.k3j.etcdmember;

import io.k3j.durablefiles.DurableFiles;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdRange;
import io.k3j.jetcd.EtcdTxn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/// Migrates the SQLite database of this server to etcd, once: writes every live key in the order of its last
/// change, then raises the revision above the old ones. The database stays unchanged until etcd holds
/// everything; then it is renamed to `state.db.migrated`, as in K3s.
final class Conversion {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long LOG_EVERY = 10_000;
    private static final String LIVE = "SELECT k.name, k.value, k.lease FROM kine k JOIN"
            + " (SELECT MAX(id) AS id FROM kine GROUP BY name) newest ON newest.id = k.id WHERE k.deleted = 0"
            + " AND k.name NOT IN ('compact_rev_key', 'compact_rev_key_apiserver') AND k.name NOT LIKE 'gap-%'"
            + " ORDER BY k.id";
    private final MemberConfig config;
    private final Path etcd;
    private final Optional<SnapshotRestorer> restorer;

    /// @param etcd the path of etcd
    /// @param etcdutl its path, where it is installed
    Conversion(MemberConfig config, Path etcd, Optional<Path> etcdutl) {
        this.config = config;
        this.etcd = etcd;
        restorer = etcdutl.map(SnapshotRestorer::new);
    }

    /// Whether there is an SQLite database and no etcd data yet.
    static boolean due(EtcdLayout layout) {
        return !layout.initialized() && Files.exists(database(layout));
    }

    private static Path database(EtcdLayout layout) {
        return layout.dataDir().resolve("server/db/state.db");
    }

    /// Performs the migration.
    /// @throws MemberFault when the database cannot be read, or its revision cannot be reached; nothing was changed
    void run() throws IOException, InterruptedException {
        EtcdLayout layout = config.layout();
        Path work = layout.data().resolveSibling("etcd-converting");
        ScratchEtcd.clear(work);
        LOG.log(System.Logger.Level.INFO, "Migrating content from SQLite to etcd from=" + database(layout));
        try (ScratchEtcd scratch = ScratchEtcd.open(config, etcd, work, false)) {
            Copied copied = copy(scratch.kv(), database(layout));
            long keys = copied.keys();
            try (ScratchEtcd raised = new RevisionRaise(config, etcd, restorer).raise(scratch, copied.newest())) {
                long found = raised.kv().count(EtcdRange.everything(), 0, LIMIT).count();
                if (found != keys) {
                    throw new MemberFault("etcd holds " + found + " keys after " + keys
                            + " were copied; the database " + database(layout) + " was not touched, start again");
                }
                raised.deliver(config, new ScratchEtcd.Mark(DataDirReplacement.CONVERTED, ""));
            }
            LOG.log(System.Logger.Level.INFO, "Migrated content to etcd keys=" + keys);
        } catch (SQLException | EtcdFailure | SnapshotRestorer.Failure e) {
            Tombstone.delete(work);
            throw new MemberFault("the database " + database(layout) + " cannot be converted: " + e.getMessage()
                    + "; it was not touched");
        }
    }

    /// @param newest the newest revision of the database
    private record Copied(long keys, long newest) {
    }

    private static Copied copy(EtcdKv kv, Path database) throws SQLException {
        long keys = 0;
        long newestRevision;
        try (Connection connection = new org.sqlite.JDBC().connect("jdbc:sqlite:" + database, new Properties());
                Statement statement = connection.createStatement()) {
            newestRevision = newestRevision(statement);
            try (ResultSet rows = statement.executeQuery(LIVE)) {
                while (rows.next()) {
                    long seconds = rows.getLong(3);
                    byte[] value = rows.getBytes(2);
                    long lease = seconds > 0 ? kv.lease(seconds, LIMIT) : 0;
                    kv.commit(new EtcdTxn().put(rows.getString(1), value == null ? new byte[0] : value, lease), LIMIT);
                    if (++keys % LOG_EVERY == 0) {
                        LOG.log(System.Logger.Level.INFO, "Migrating content to etcd keys=" + keys);
                    }
                }
            }
        }
        return new Copied(keys, newestRevision);
    }

    private static long newestRevision(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT MAX((SELECT COALESCE(MAX(id), 0) FROM kine),"
                + " (SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = 'kine'))")) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /// Renames the migrated database. Idempotent, because an earlier start may have been killed in between.
    static void retire(EtcdLayout layout) throws IOException {
        Path database = database(layout);
        for (String part : List.of("-wal", "-shm", "")) {
            Path file = Path.of(database + part);
            if (Files.exists(file)) {
                DurableFiles.move(file, Path.of(database + ".migrated" + part));
            }
        }
        Files.deleteIfExists(Path.of(database + ".lock"));
    }
}
