package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.bytes;
import static io.k3j.datastoreconformance.Conformance.committed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastorepostgres.PostgresOpener;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testmachine.NeedsPackages;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Tables that were not made by this version: brought up to date, or refused before anything is written.
@NeedsPackages("postgresql")
class PostgresOldTablesTest extends OnDatabase {
    private static final String COLUMNS = "SELECT string_agg(column_name || ' ' || udt_name || ' ' ||"
            + " COALESCE(collation_name, ''), ', ' ORDER BY ordinal_position) FROM information_schema.columns"
            + " WHERE table_name = 'kine'";
    @RegisterExtension
    static final Served<PostgresServer> SERVED = new Served<>(PostgresServer::started);

    @Override
    PostgresServer server() {
        return SERVED.server();
    }

    @Override
    OpenLog open(String endpoint) {
        return new PostgresOpener().open(endpoint);
    }

    /// Made before May 2024, in a database whose order of names is not that of their bytes.
    @Test
    void aTableOfAnOldKineIsBroughtUpToDate() {
        server().sql("postgres", "CREATE DATABASE " + database() + " OWNER " + DatabaseServer.USER
                + " TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'");
        sql("CREATE TABLE kine (id SERIAL PRIMARY KEY, name VARCHAR(630), created INTEGER, deleted INTEGER,"
                + " create_revision INTEGER, prev_revision INTEGER, lease INTEGER, value bytea, old_value bytea);"
                + " ALTER TABLE kine OWNER TO " + DatabaseServer.USER + ";"
                + " CREATE INDEX kine_name_index ON kine (name); CREATE INDEX kine_name_id_index ON kine (name, id);"
                + " INSERT INTO kine VALUES (1, 'compact_rev_key', 1, 0, 0, 0, 0, '', NULL),"
                + " (2, '/B', 1, 0, 0, 0, 0, 'b', NULL), (3, '/a', 1, 0, 0, 0, 0, 'a', NULL),"
                + " (2147483647, '/C', 1, 0, 0, 0, 0, 'c', NULL)");
        awaitSessions("0");
        Datastore here = patient();
        assertThat(here.range("/", "", 0, 0).entries()).extracting(Entry::key).containsExactly("/B", "/C", "/a");
        assertThat(committed(here.commit("/a", 3, bytes("2"), Duration.ZERO))).isEqualTo(2_147_483_648L);
        assertThat(sql(COLUMNS)).isEqualTo("id int8 , name text C, created int4 , deleted int4 , create_revision int8 ,"
                + " prev_revision int8 , lease int4 , value bytea , old_value bytea");
        assertThat(sql("SELECT string_agg(indexname, ' ' ORDER BY indexname) FROM pg_indexes WHERE tablename = 'kine'"))
                .isEqualTo("kine_name_prev_revision_uindex kine_pkey");
    }

    /// Waits until there are so many sessions of the administrator: one is gone a moment after its client's end.
    private void awaitSessions(String count) {
        while (!count.equals(server().sql("postgres", "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '"
                + database() + "' AND usename = 'postgres' AND backend_type = 'client backend'"))) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /// Stock kine is at work there: its indexes stay.
    @Test
    void anIndexOfATableThatSomebodyElseUsesStays() {
        assertThat(patient().get("/a")).isEmpty();
        sql("CREATE INDEX kine_id_deleted_index ON kine (id, deleted)");
        awaitSessions("0");
        String question = "SELECT COUNT(*) FROM pg_indexes WHERE indexname = 'kine_id_deleted_index'";
        try (ChildProcess kine = server().session(database(), "SELECT 1;")) {
            awaitSessions("1");
            open(endpoint()).close();
            assertThat(sql(question)).isEqualTo("1");
            assertThat(kine.running()).isTrue();
        }
        awaitSessions("0");
        open(endpoint()).close();
        assertThat(sql(question)).isEqualTo("0");
    }

    @Test
    void aTableThatIsNotKinesIsRefusedAndLeftAsItIs() {
        server().sql("postgres", "CREATE DATABASE " + database() + " OWNER " + DatabaseServer.USER);
        sql("CREATE TABLE kine (id SERIAL PRIMARY KEY, name TEXT, prev_revision INTEGER, value bytea);"
                + " ALTER TABLE kine OWNER TO " + DatabaseServer.USER
                + "; CREATE INDEX kine_other_index ON kine (name); INSERT INTO kine VALUES (1, 'mine', 0, 'x')");
        String columns = sql(COLUMNS);
        assertThatThrownBy(() -> open(endpoint())).isInstanceOf(DatastoreUnavailable.class)
                .hasMessageContaining("the table kine there is not kine's");
        assertThat(sql(COLUMNS)).isEqualTo(columns);
        assertThat(sql("SELECT COUNT(*) FROM pg_indexes WHERE tablename = 'kine'")).isEqualTo("2");
        assertThat(sql("SELECT COUNT(*) FROM kine")).isEqualTo("1");
    }

    /// Two rows of one name that say to follow the same one: from before kine had the index that forbids it.
    @Test
    void rowsThatContradictEachOtherAreRefusedAndLeftAsTheyAre() {
        store();
        sql("DROP INDEX kine_name_prev_revision_uindex; INSERT INTO kine (id, name, created, deleted, create_revision,"
                + " prev_revision, lease, value) VALUES (7, '/a', 1, 0, 0, 0, 0, '1'), (8, '/a', 1, 0, 0, 0, 0, '2')");
        assertThatThrownBy(() -> open(endpoint())).isInstanceOf(DatastoreUnavailable.class)
                .hasMessageContaining("two rows of one name");
        assertThat(sql("SELECT COUNT(*) FROM kine WHERE name = '/a'")).isEqualTo("2");
    }
}
