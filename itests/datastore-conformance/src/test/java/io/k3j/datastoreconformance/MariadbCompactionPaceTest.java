package io.k3j.datastoreconformance;

import io.k3j.datastoremysql.MysqlOpener;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testmachine.NeedsPackages;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("full")
@Tag("data")
@NeedsPackages("mariadb-server")
class MariadbCompactionPaceTest extends CompactionPace {
    @RegisterExtension
    static final Served<MariadbServer> SERVED = new Served<>(() -> MariadbServer.started());

    @Override
    MariadbServer server() {
        return SERVED.server();
    }

    @Override
    OpenLog open(String endpoint) {
        return new MysqlOpener().open(endpoint);
    }
}
