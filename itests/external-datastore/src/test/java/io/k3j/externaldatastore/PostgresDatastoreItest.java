package io.k3j.externaldatastore;

import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testmachine.NeedsPackages;

@NeedsPackages("postgresql")
class PostgresDatastoreItest extends ExternalDatastore {
    @Override
    DatabaseServer newDatabase() {
        return PostgresServer.started();
    }

    @Override
    String driver() {
        return "io.k3j.datastorepostgres";
    }
}
