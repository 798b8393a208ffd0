package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdRange;
import io.k3j.jetcd.EtcdTxn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;

/// Makes an etcd out of the SQLite database of this server, once: every live key in the order of its last change,
/// then revisions above the old ones. Until all of it is there the database stays what it was; afterwards it is
/// `state.db.migrated`, as in K3s.
final class Conversion {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long NOTE_EVERY = 10_000;
    private static final String LIVE = "SELECT k.name, k.value, k.lease FROM kine k JOIN"
            + " (SELECT MAX(id) AS id FROM kine GROUP BY name) newest ON newest.id = k.id WHERE k.deleted = 0"
            + " AND k.name NOT IN ('compact_rev_key', 'compact_rev_key_apiserver') AND k.name NOT LIKE 'gap-%'"
            + " ORDER BY k.id";
    private final MemberConfig config;
    private final Path etcd;

    Conversion(MemberConfig config, Path etcd) {
        this.config = config;
        this.etcd = etcd;
    }

    /// Whether there is something to convert.
    static boolean due(Places places) {
        return !places.initialized() && Files.exists(database(places));
    }

    private static Path database(Places places) {
        return places.dataDir().resolve("server/db/state.db");
    }

    /// Does it.
    /// @throws MemberFault when the database cannot be read; nothing was changed
    void run() throws IOException, InterruptedException {
        Places places = config.places();
        Path work = places.data().resolveSibling("etcd-converting");
        Workshop.clear(work);
        LOG.log(System.Logger.Level.INFO, "converting to etcd from=" + database(places));
        try (Workshop workshop = Workshop.open(config, etcd, work, false)) {
            long keys = copy(workshop.kv(), database(places));
            long there = workshop.kv().count(EtcdRange.everything(), 0, LIMIT).count();
            if (there != keys) {
                throw new MemberFault("etcd holds " + there + " keys after " + keys + " were copied; the database "
                        + database(places) + " was not touched, start again");
            }
            workshop.deliver(config, new Workshop.Mark(Delivery.CONVERTED, ""));
            LOG.log(System.Logger.Level.INFO, "converted to etcd keys=" + keys);
        } catch (SQLException | EtcdFailure e) {
            Tombstone.delete(work);
            throw new MemberFault("the database " + database(places) + " cannot be converted: " + e.getMessage()
                    + "; it was not touched");
        }
    }

    private static long copy(EtcdKv kv, Path database) throws SQLException, IOException, InterruptedException {
        long keys = 0;
        long newest;
        try (Connection connection = new org.sqlite.JDBC().connect("jdbc:sqlite:" + database, new Properties());
                Statement statement = connection.createStatement()) {
            newest = newest(statement);
            try (ResultSet rows = statement.executeQuery(LIVE)) {
                while (rows.next()) {
                    long seconds = rows.getLong(3);
                    byte[] value = rows.getBytes(2);
                    long lease = seconds > 0 ? kv.lease(seconds, LIMIT) : 0;
                    kv.commit(new EtcdTxn().put(rows.getString(1), value == null ? new byte[0] : value, lease), LIMIT);
                    if (++keys % NOTE_EVERY == 0) {
                        LOG.log(System.Logger.Level.INFO, "converting to etcd keys=" + keys);
                    }
                }
            }
        }
        Revisions.raise(kv, newest);
        return keys;
    }

    private static long newest(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT MAX((SELECT COALESCE(MAX(id), 0) FROM kine),"
                + " (SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = 'kine'))")) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /// Puts the database aside, whose content is in etcd; also when that was begun before.
    static void retire(Places places) throws IOException {
        Path database = database(places);
        for (String part : List.of("-wal", "-shm", "")) {
            Path file = Path.of(database + part);
            if (Files.exists(file)) {
                Files.move(file, Path.of(database + ".migrated" + part), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.deleteIfExists(Path.of(database + ".lock"));
    }
}
