package io.k3j.swapitest;

import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/// On a server at a database outside of its machine the driver is replaced under the load of [LoadedSwapItest]: no request
/// fails, no acknowledged write or event is lost, nothing is left behind.
@NeedsMachine
@Tag("full")
@Tag("swap")
@NeedsPackages({"mariadb-server", "postgresql"})
class SqlSwapItest {
    private static final int WARM = 1_000;

    private Machine machine;
    private DatabaseServer database;
    private LoadedServer loaded;

    @AfterEach
    void stop() {
        if (loaded != null) {
            loaded.close();
        }
        if (machine != null) {
            machine.close();
        }
        if (database != null) {
            database.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> keepsEveryPromiseOfMariadbUnderLoad() throws IOException, InterruptedException {
        database = MariadbServer.started("--bind-address=0.0.0.0");
        return swaps("datastore-mysql");
    }

    @TestFactory
    Stream<DynamicTest> keepsEveryPromiseOfPostgresUnderLoad() throws IOException, InterruptedException {
        PostgresServer postgres = PostgresServer.started("listen_addresses=*");
        database = postgres;
        Files.writeString(postgres.directory().resolve("data/pg_hba.conf"),
                "host all all 10.213.0.0/16 scram-sha-256\n", StandardOpenOption.APPEND);
        postgres.sql("postgres", "SELECT pg_reload_conf()");
        return swaps("datastore-postgres");
    }

    private Stream<DynamicTest> swaps(String driver) throws IOException, InterruptedException {
        machine = Machine.on();
        String gateway = machine.address().substring(0, machine.address().lastIndexOf('.')) + ".1";
        Server server = Server.start(machine, "--disable-agent", "--datastore-endpoint='"
                + database.endpoint("kubernetes").replace("127.0.0.1", gateway) + "'");
        loaded = new LoadedServer(machine, server).leading().settled().load(WARM);
        return loaded.swaps(driver::equals, () -> "", Row::inTime);
    }
}
