package io.k3j.etcdmember;

import io.k3j.durablefiles.DurableFiles;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdPage;
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
import java.util.function.Function;

/// Migrates the SQLite database of this server to etcd, once: writes every live key in the order of its last
/// change, then raises the revision above the old ones. The database stays unchanged until etcd holds
/// everything; then it is renamed to `state.db.migrated`, as in K3s. Keys with a lease may end on the way, which nobody
/// misses; the addresses of running API servers (`masterleases`) are left behind.
final class Conversion {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long LOG_EVERY = 10_000;
    private static final long PAGE = 1_000;
    private static final String LIVE = "SELECT k.name, k.value, k.lease FROM kine k JOIN"
            + " (SELECT MAX(id) AS id FROM kine GROUP BY name) newest ON newest.id = k.id WHERE k.deleted = 0"
            + " AND k.name NOT IN ('compact_rev_key', 'compact_rev_key_apiserver') AND k.name NOT LIKE 'gap-%'"
            + " AND k.name NOT LIKE '/registry/masterleases/%'"
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
            EtcdKv to = scratch.kv();
            Copied copied = copy((key, value, seconds) -> put(to, key, value, seconds), database(layout));
            long keys = copied.lasting();
            try (ScratchEtcd raised = new RevisionRaise(config, etcd, restorer).raise(scratch, copied.newest())) {
                EtcdKv kv = raised.kv();
                long found = lasting(start -> kv.keys(EtcdRange.prefix("", start), PAGE, LIMIT));
                if (found != keys) {
                    throw new MemberFault("etcd holds " + found + " keys without a lease after " + keys
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

    /// @param lasting how many keys were copied that have no lease
    /// @param newest the newest revision of the database
    record Copied(long lasting, long newest) {
    }

    /// Where the keys go.
    interface Target {
        /// @param seconds of its lease, 0 without one
        void put(String key, byte[] value, long seconds);
    }

    private static void put(EtcdKv kv, String key, byte[] value, long seconds) {
        long lease = seconds > 0 ? kv.lease(seconds, LIMIT) : 0;
        kv.commit(new EtcdTxn().put(key, value, lease), LIMIT);
    }

    /// How many keys without a lease there are.
    ///
    /// @param pages the keys from one on
    static long lasting(Function<String, EtcdPage> pages) {
        long found = 0;
        String start = "";
        while (true) {
            EtcdPage page = pages.apply(start);
            found += page.keys().stream().filter(key -> key.lease() == 0).count();
            if (!page.more() || page.keys().isEmpty()) {
                return found;
            }
            start = page.keys().getLast().key() + "\0";
        }
    }

    static Copied copy(Target target, Path database) throws SQLException {
        long keys = 0;
        long lasting = 0;
        long newestRevision;
        try (Connection connection = new org.sqlite.JDBC().connect("jdbc:sqlite:" + database, new Properties());
                Statement statement = connection.createStatement()) {
            newestRevision = newestRevision(statement);
            try (ResultSet rows = statement.executeQuery(LIVE)) {
                while (rows.next()) {
                    long seconds = rows.getLong(3);
                    byte[] value = rows.getBytes(2);
                    target.put(rows.getString(1), value == null ? new byte[0] : value, seconds);
                    lasting += seconds > 0 ? 0 : 1;
                    if (++keys % LOG_EVERY == 0) {
                        LOG.log(System.Logger.Level.INFO, "Migrating content to etcd keys=" + keys);
                    }
                }
            }
        }
        return new Copied(lasting, newestRevision);
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
