package io.k3j.parity;

import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testmachine.NeedsPackages;
import java.util.List;
import org.junit.jupiter.api.Tag;

@NeedsPackages("mariadb-server")
@Tag("ha")
class MariadbParityItest extends ParityMatrix {
    private MariadbServer database;

    @Override
    void datastore() {
        database = MariadbServer.started();
    }

    @Override
    void end() {
        if (database != null) {
            database.close();
        }
    }

    @Override
    List<String> founding() {
        return joining();
    }

    @Override
    List<String> joining() {
        return List.of("--datastore-endpoint=" + database.endpoint("kubernetes"));
    }

    @Override
    Store store() {
        return Store.sql(database, Store.MARIADB_HOLDS);
    }

    @Override
    List<Wrong> wrong() {
        String endpoint = joining().getFirst();
        database.sql("mysql", "CREATE USER nobody@'%' IDENTIFIED BY 'nothing'");
        return List.of(new Wrong("another database password", List.of(endpoint.replace(DatabaseServer.USER + ":",
                DatabaseServer.USER + ":not")), "cannot open the datastore", "check user and password"),
                new Wrong("no rights", List.of("--datastore-endpoint=mysql://nobody:nothing@tcp(127.0.0.1:"
                        + database.port() + ")/fresh"), "cannot open the datastore", "give the user the rights"));
    }
}
