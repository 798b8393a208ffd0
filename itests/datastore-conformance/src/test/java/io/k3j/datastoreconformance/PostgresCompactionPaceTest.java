package io.k3j.datastoreconformance;

import io.k3j.datastorepostgres.PostgresOpener;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testmachine.NeedsPackages;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("full")
@Tag("data")
@NeedsPackages("postgresql")
class PostgresCompactionPaceTest extends CompactionPace {
    @RegisterExtension
    static final Served<PostgresServer> SERVED = new Served<>(() -> PostgresServer.started());

    @Override
    PostgresServer server() {
        return SERVED.server();
    }

    @Override
    OpenLog open(String endpoint) {
        return new PostgresOpener().open(endpoint);
    }
}
