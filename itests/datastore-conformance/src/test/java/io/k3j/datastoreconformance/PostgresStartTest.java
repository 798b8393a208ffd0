package io.k3j.datastoreconformance;

import io.k3j.datastoreapi.StoreOpener;
import io.k3j.datastorepostgres.PostgresOpener;
import io.k3j.datastorepostgres.PostgresStore;
import io.k3j.sqllog.LogStart;
import io.k3j.testmachine.NeedsPackages;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;

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
        return PostgresStore.start(endpoint, files, false, events);
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

    @Override
    String demandingTls(String endpoint) {
        return endpoint + "?sslmode=verify-full";
    }
}
