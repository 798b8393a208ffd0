package io.k3j.datastoreconformance;

import io.k3j.datastorepostgres.PostgresOpener;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testmachine.NeedsPackages;
import org.junit.jupiter.api.extension.RegisterExtension;

@NeedsPackages("postgresql")
class PostgresFaultsTest extends DatabaseFaults {
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

    @Override
    void numberInSteps(String name) {
        server().sql(name, "ALTER SEQUENCE kine_id_seq INCREMENT BY 1000");
    }

    @Override
    String sleep() {
        return "SELECT pg_sleep(2)";
    }

    @Override
    String sleeping() {
        return "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    }
}
