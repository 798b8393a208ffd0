package io.k3j.datastoreconformance;

import io.k3j.datastoremysql.MysqlOpener;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testmachine.NeedsPackages;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;

@NeedsPackages("mariadb-server")
class MariadbConformanceTest extends DatabaseConformance {
    @RegisterExtension
    static final Served<MariadbServer> SERVED = new Served<>(MariadbServer::started);

    @Override
    DatabaseServer server() {
        return SERVED.server();
    }

    @Override
    OpenLog open(String endpoint) {
        return new MysqlOpener().open(endpoint);
    }

    @Override
    public Duration idleLatency() {
        return Duration.ofMillis(150);
    }
}
