package io.k3j.parity;

import io.k3j.datastoreconformance.DatabaseServer;
import io.k3j.datastoreconformance.MariadbServer;
import io.k3j.testmachine.NeedsPackages;
import java.util.List;

@NeedsPackages("mariadb-server")
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
        return Store.sql(database, "SELECT concat_ws(' ', name, id, created, deleted, create_revision, prev_revision,"
                + " lease, md5(value), md5(old_value)) FROM kine ORDER BY id");
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
