package io.k3j.ha;

import java.io.IOException;
import java.util.Map;

/// The database of a page, on a machine of its own; `mariadb`, `postgresql` or `etcd`.
final class Database {
    private static final Map<String, String> MAKE = Map.of("mariadb",
            "mariadb-install-db --user=mysql --datadir=/var/lib/ha --skip-test-db && install -d -o mysql /run/mysqld",
            "postgresql", "install -d -o postgres /var/lib/ha /run/postgresql && su postgres -c "
                    + "'/usr/lib/postgresql/*/bin/initdb -A peer --auth-host=scram-sha-256 -D /var/lib/ha' && "
                    + "echo 'host all all 10.10.10.0/24 scram-sha-256' >> /var/lib/ha/pg_hba.conf");
    private static final Map<String, String> START = Map.of("mariadb",
            "mariadbd --user=mysql --skip-name-resolve --datadir=/var/lib/ha --bind-address=0.0.0.0 "
                    + "--socket=/run/mysqld/mysqld.sock",
            "postgresql", "su postgres -c \"exec /usr/lib/postgresql/*/bin/postgres -D /var/lib/ha -h '*' "
                    + "-k /run/postgresql\"");
    private static final Map<String, String> READY = Map.of("mariadb", "mariadb -e 'select 1'", "postgresql",
            "su postgres -c 'psql -c \"select 1\"'");
    private final Host host;
    private final String variant;

    private Database(Host host, String variant) {
        this.host = host;
        this.variant = variant;
    }

    /// Makes one and starts it.
    static Database on(Host host, String variant) throws IOException, InterruptedException {
        Database database = new Database(host, variant);
        host.must(MAKE.get(variant));
        database.start();
        return database;
    }

    /// Starts it and waits until it answers.
    void start() throws IOException, InterruptedException {
        host.must("(setsid bash -c 'echo $$ > /run/ha.pid; exec " + START.get(variant).replace("'", "'\\''")
                + "' > /var/log/ha.txt 2>&1 < /dev/null &); for i in $(seq 100); do " + READY.get(variant)
                + " > /dev/null 2>&1 && exit 0; sleep 0.2; done; cat /var/log/ha.txt; exit 1");
    }

    /// Kills it with everything it started.
    void kill() throws IOException, InterruptedException {
        host.must("kill -KILL -- -$(cat /run/ha.pid)");
    }
}
