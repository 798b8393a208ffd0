package io.k3j.datastoreconformance;

import io.k3j.datastorepostgres.PostgresOpener;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testmachine.NeedsPackages;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;

@NeedsPackages("postgresql")
class PostgresConformanceTest extends DatabaseConformance {
    @RegisterExtension
    static final Served<PostgresServer> SERVED = new Served<>(PostgresServer::started);

    @Override
    DatabaseServer server() {
        return SERVED.server();
    }

    @Override
    OpenLog open(String endpoint) {
        return new PostgresOpener().open(endpoint);
    }

    @Override
    public Duration idleLatency() {
        return Duration.ofMillis(50);
    }
}
