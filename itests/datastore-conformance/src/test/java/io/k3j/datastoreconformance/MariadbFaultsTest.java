package io.k3j.datastoreconformance;

import io.k3j.datastoremysql.MysqlOpener;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testmachine.NeedsPackages;
import org.junit.jupiter.api.extension.RegisterExtension;

@NeedsPackages("mariadb-server")
class MariadbFaultsTest extends DatabaseFaults {
    /// As on a node of a cluster of several masters: numbers in steps.
    @RegisterExtension
    static final Served<MariadbServer> SERVED = new Served<>(
            () -> MariadbServer.started("--auto-increment-increment=3", "--auto-increment-offset=2"));

    @Override
    MariadbServer server() {
        return SERVED.server();
    }

    @Override
    OpenLog open(String endpoint) {
        return new MysqlOpener().open(endpoint);
    }

    @Override
    void numberInSteps(String name) {
        server().sql(name, "SET GLOBAL auto_increment_increment = 1000");
    }

    @Override
    String sleep() {
        return "SELECT SLEEP(2)";
    }

    @Override
    String sleeping() {
        return "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User sleep'";
    }
}
