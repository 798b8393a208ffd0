package io.k3j.datastoreconformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.StoreOpener;
import io.k3j.datastoremysql.MysqlOpener;
import io.k3j.sqllog.LogStart;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testmachine.NeedsPackages;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@NeedsPackages("mariadb-server")
class MariadbStartTest extends DatabaseStart {
    @RegisterExtension
    static final Served<MariadbServer> SERVED = new Served<>(MariadbServer::started);

    @Override
    MariadbServer server() {
        return SERVED.server();
    }

    @Override
    LogStart start(String endpoint, List<String> files, LogStart.Events events) {
        return new MysqlOpener().start(endpoint, files, false, events);
    }

    @Override
    StoreOpener opener() {
        return new MysqlOpener();
    }

    @Override
    void poorUser(String name) {
        server().sql("mysql", "CREATE USER " + name + " IDENTIFIED BY '" + DatabaseServer.PASSWORD + "'");
    }

    @Override
    Tls tls() {
        Tls tls = TestCertificates.make(server().directory(), "mysql");
        server().also("--ssl-cert=" + server().directory().resolve("server.crt"),
                "--ssl-key=" + server().directory().resolve("server.key"), "--ssl-ca=" + tls.authority());
        server().kill();
        server().start();
        return tls;
    }

    @Override
    String demandingTls(String endpoint) {
        return endpoint + "?tls=true";
    }

    @Test
    void aServerThatWouldLoseAcknowledgedWritesIsRefusedByTheNameOfTheSetting() {
        server().sql("mysql", "SET GLOBAL innodb_flush_log_at_trx_commit = 2");
        try {
            assertThatThrownBy(() -> new MysqlOpener().open(server().endpoint("unsafe")))
                    .isInstanceOf(DatastoreUnavailable.class)
                    .hasMessageContaining("innodb_flush_log_at_trx_commit is 2")
                    .hasMessageContaining("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        } finally {
            server().sql("mysql", "SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        }
    }

    @Test
    void aUnixSocketIsTaken() {
        String endpoint = "mysql://" + DatabaseServer.USER + ":" + DatabaseServer.PASSWORD + "@unix("
                + server().socket()
                + ")/local";
        try (OpenLog open = PatientStore.asked(() -> new MysqlOpener().open(endpoint))) {
            Datastore store = new PatientStore(open.datastore());
            Conformance.committed(store.commit("/a", 0, Conformance.bytes("1"), Duration.ZERO));
            assertThat(store.get("/a")).isPresent();
        }
    }
}
