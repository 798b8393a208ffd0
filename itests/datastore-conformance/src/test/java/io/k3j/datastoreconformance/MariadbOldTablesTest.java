package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.bytes;
import static io.k3j.datastoreconformance.Conformance.committed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoremysql.MysqlOpener;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testmachine.NeedsPackages;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Tables that were not made by this version: brought up to date, or refused before anything is written.
@NeedsPackages("mariadb-server")
class MariadbOldTablesTest extends OnDatabase {
    private static final String COLUMNS = "SELECT GROUP_CONCAT(CONCAT(column_name, ' ', column_type, ' ',"
            + " COALESCE(collation_name, '')) ORDER BY ordinal_position SEPARATOR ', ')"
            + " FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'kine'";
    private static final String OLD = "CREATE TABLE kine (id INTEGER AUTO_INCREMENT,"
            + " name VARCHAR(630) CHARACTER SET ascii, created INTEGER, deleted INTEGER, create_revision INTEGER,"
            + " prev_revision INTEGER, lease INTEGER, value MEDIUMBLOB, old_value MEDIUMBLOB, PRIMARY KEY (id));"
            + " CREATE INDEX kine_name_index ON kine (name);"
            + " CREATE UNIQUE INDEX kine_name_prev_revision_uindex ON kine (name, prev_revision);";
    private static final String INDEXES = "SELECT GROUP_CONCAT(DISTINCT index_name ORDER BY index_name SEPARATOR ' ')"
            + " FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'kine'";
    @RegisterExtension
    static final Served<MariadbServer> SERVED = new Served<>(
            () -> MariadbServer.started("--innodb-default-row-format=compact"));

    @Override
    MariadbServer server() {
        return SERVED.server();
    }

    @Override
    OpenLog open(String endpoint) {
        return new MysqlOpener().open(endpoint);
    }

    /// Lets the user see the sessions of others, or does not.
    private void sees(boolean all) {
        server().sql("mysql", "GRANT PROCESS ON *.* TO " + DatabaseServer.USER);
        if (!all) {
            server().sql("mysql", "REVOKE PROCESS ON *.* FROM " + DatabaseServer.USER);
        }
    }

    private void awaitSessions(String count) {
        while (!count.equals(server().sql("mysql", "SELECT COUNT(*) FROM information_schema.processlist WHERE db = '"
                + database() + "'"))) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /// Stock kine is at work there: its indexes stay.
    @Test
    void anIndexOfATableThatSomebodyElseUsesStays() {
        sees(true);
        open(endpoint()).close();
        sql("CREATE INDEX kine_id_deleted_index ON kine (id, deleted)");
        awaitSessions("0");
        try (ChildProcess kine = server().session(database(), "SELECT 1;")) {
            awaitSessions("1");
            open(endpoint()).close();
            assertThat(sql(INDEXES)).contains("kine_id_deleted_index");
            assertThat(kine.running()).isTrue();
        }
        awaitSessions("0");
        open(endpoint()).close();
        assertThat(sql(INDEXES)).isEqualTo("kine_name_prev_revision_uindex PRIMARY");
    }

    @Test
    void whoDoesNotSeeTheSessionsOfOthersChangesNothingTheyMayUse() {
        sees(false);
        open(endpoint()).close();
        sql("CREATE INDEX kine_id_deleted_index ON kine (id, deleted)");
        awaitSessions("0");
        open(endpoint()).close();
        assertThat(sql(INDEXES)).contains("kine_id_deleted_index");
        sql("DROP TABLE kine; " + OLD);
        String columns = sql(COLUMNS);
        assertThatThrownBy(() -> open(endpoint())).isInstanceOf(DatastoreUnavailable.class)
                .hasMessageContaining("this user does not see whether others use it")
                .hasMessageContaining("GRANT PROCESS ON *.*");
        assertThat(sql(COLUMNS)).isEqualTo(columns);
        assertThat(sql(INDEXES)).contains("kine_name_index");
    }

    /// Made before May 2024, with kine's own column of names: ASCII without case.
    @Test
    void aTableOfAnOldKineIsBroughtUpToDate() {
        sees(true);
        server().sql("mysql", "CREATE DATABASE " + database());
        sql(OLD + " INSERT INTO kine VALUES (1, 'compact_rev_key', 1, 0, 0, 0, 0, '', NULL),"
                + " (2, '/B', 1, 0, 0, 0, 0, 'b', NULL), (3, '/a', 1, 0, 0, 0, 0, 'a', NULL),"
                + " (2147483647, '/C', 1, 0, 0, 0, 0, 'c', NULL)");
        // the one that has just made the table is gone a moment after its end
        awaitSessions("0");
        Datastore here = patient();
        assertThat(here.range("/", "", 0, 0).entries()).extracting(Entry::key).containsExactly("/B", "/C", "/a");
        assertThat(committed(here.commit("/a", 3, bytes("2"), Duration.ZERO))).isEqualTo(2_147_483_648L);
        assertThat(sql(COLUMNS)).isEqualTo("id bigint(20) unsigned , name varchar(630) utf8mb4_nopad_bin,"
                + " created int(11) , deleted int(11) , create_revision bigint(20) unsigned ,"
                + " prev_revision bigint(20) unsigned , lease int(11) , value mediumblob , old_value mediumblob");
        assertThat(sql(INDEXES)).isEqualTo("kine_name_prev_revision_uindex PRIMARY");
    }

    @Test
    void aTableThatIsNotKinesIsRefusedAndLeftAsItIs() {
        server().sql("mysql", "CREATE DATABASE " + database());
        sql("CREATE TABLE kine (id INTEGER AUTO_INCREMENT PRIMARY KEY, name TEXT, prev_revision INTEGER,"
                + " value MEDIUMBLOB); CREATE INDEX kine_other_index ON kine (prev_revision);"
                + " INSERT INTO kine VALUES (1, 'mine', 0, 'x')");
        String columns = sql(COLUMNS);
        assertThatThrownBy(() -> open(endpoint())).isInstanceOf(DatastoreUnavailable.class)
                .hasMessageContaining("the table kine there is not kine's");
        assertThat(sql(COLUMNS)).isEqualTo(columns);
        assertThat(sql(INDEXES)).isEqualTo("kine_other_index PRIMARY");
        assertThat(sql("SELECT COUNT(*) FROM kine")).isEqualTo("1");
    }

    /// Two rows of one name that say to follow the same one: from before kine had the index that forbids it.
    @Test
    void rowsThatContradictEachOtherAreRefusedAndLeftAsTheyAre() {
        store();
        sql("DROP INDEX kine_name_prev_revision_uindex ON kine; INSERT INTO kine (id, name, created, deleted,"
                + " create_revision, prev_revision, lease, value) VALUES (7, '/a', 1, 0, 0, 0, 0, '1'),"
                + " (8, '/a', 1, 0, 0, 0, 0, '2')");
        assertThatThrownBy(() -> open(endpoint())).isInstanceOf(DatastoreUnavailable.class)
                .hasMessageContaining("two rows of one name");
        assertThat(sql("SELECT COUNT(*) FROM kine WHERE name = '/a'")).isEqualTo("2");
    }
}
