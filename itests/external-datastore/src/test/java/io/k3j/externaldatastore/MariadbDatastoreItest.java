package io.k3j.externaldatastore;

import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testmachine.NeedsPackages;

@NeedsPackages("mariadb-server")
class MariadbDatastoreItest extends ExternalDatastore {
    @Override
    DatabaseServer newDatabase() {
        return MariadbServer.started();
    }

    @Override
    String driver() {
        return "io.k3j.datastoremysql";
    }
}
