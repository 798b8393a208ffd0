package io.k3j.datastoreconformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.StoreOpener;
import io.k3j.datastorepostgres.PostgresOpener;
import io.k3j.sqllog.LogStart;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testmachine.NeedsPackages;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NeedsPackages("postgresql")
class PostgresStartTest extends DatabaseStart {
    @RegisterExtension
    static final Served<PostgresServer> SERVED = new Served<>(PostgresServer::started);

    @Override
    PostgresServer server() {
        return SERVED.server();
    }

    @Override
    LogStart start(String endpoint, List<String> files, LogStart.Events events) {
        return new PostgresOpener().start(endpoint, files, false, events);
    }

    @Override
    StoreOpener opener() {
        return new PostgresOpener();
    }

    @Override
    void poorUser(String name) {
        server().sql("postgres", "CREATE ROLE " + name + " LOGIN PASSWORD '" + DatabaseServer.PASSWORD + "'");
    }

    @Override
    Tls tls() {
        Tls tls = TestCertificates.make(server().directory(), "postgres");
        server().sql("postgres",
                "ALTER SYSTEM SET ssl_cert_file = '" + server().directory().resolve("server.crt") + "'");
        server().sql("postgres",
                "ALTER SYSTEM SET ssl_key_file = '" + server().directory().resolve("server.key") + "'");
        server().sql("postgres", "ALTER SYSTEM SET ssl_ca_file = '" + tls.authority() + "'");
        server().sql("postgres", "ALTER SYSTEM SET ssl = on");
        server().kill();
        server().start();
        return tls;
    }

    @Test
    void aServerThatWouldLoseAcknowledgedWritesIsRefusedByTheNameOfTheSetting() throws InterruptedException {
        server().sql("postgres", "ALTER SYSTEM SET synchronous_commit = off");
        reload("off");
        try {
            assertThatThrownBy(() -> new PostgresOpener().open(server().endpoint("unsafe")))
                    .isInstanceOf(DatastoreUnavailable.class)
                    .hasMessageContaining("synchronous_commit is off")
                    .hasMessageContaining("ALTER SYSTEM SET synchronous_commit = on");
        } finally {
            server().sql("postgres", "ALTER SYSTEM RESET synchronous_commit");
            reload("on");
        }
    }

    /// Whoever connects then is told so; the server reads its files some time after it was asked to.
    private void reload(String synchronousCommit) throws InterruptedException {
        server().sql("postgres", "SELECT pg_reload_conf()");
        Waiting.until("synchronous_commit " + synchronousCommit,
                () -> synchronousCommit.equals(server().sql("postgres", "SHOW synchronous_commit")));
    }

    /// Whoever ends the wait for a standby leaves a commit that only this server has.
    @ParameterizedTest
    @ValueSource(strings = {"pg_cancel_backend", "pg_terminate_backend"})
    void aCommitWithAWarningIsNotAcknowledged(String ends) throws InterruptedException {
        String database = "warned_" + ends;
        try (OpenLog open = PatientStore.asked(() -> new PostgresOpener().open(server().endpoint(database)))) {
            Datastore store = open.datastore();
            Conformance.committed(new PatientStore(store).commit("/a", 0, Conformance.bytes("1"), Duration.ZERO));
            server().waitFor("nobody");
            // within the server, which looks sooner than the commit's time is over
            Thread ending = Thread.ofVirtual().start(() -> server().sql("postgres", "DO $$ BEGIN LOOP"
                    + " PERFORM pg_stat_clear_snapshot(); EXIT WHEN (SELECT bool_or(" + ends + "(pid)) FROM"
                    + " pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = '" + database + "');"
                    + " PERFORM pg_sleep(0.01); END LOOP; END $$"));
            Waiting.until("somebody who ends waits", () -> "1".equals(server().sql("postgres", "SELECT COUNT(*) FROM"
                    + " pg_stat_activity WHERE query LIKE 'DO %' AND state = 'active'")));
            assertThatThrownBy(
                    () -> PatientStore.asked(() -> store.commit("/b", 0, Conformance.bytes("1"), Duration.ZERO)))
                    .isInstanceOfSatisfying(DatastoreUnavailable.class,
                            e -> assertThat(e.outcomeUnknown()).isTrue())
                    .hasMessageContaining("committed with a warning");
            ending.join();
        } finally {
            server().waitFor("");
        }
    }

    @Override
    String demandingTls(String endpoint) {
        return endpoint + "?sslmode=verify-full";
    }
}
