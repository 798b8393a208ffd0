package io.k3j.ha;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// The database of a page, on a machine of its own; `mariadb`, `postgresql` or `etcd`.
final class Database {
    private static final Map<String, String> MAKE = Map.of("mariadb",
            "mariadb-install-db --user=mysql --datadir=/var/lib/ha --skip-test-db && install -d -o mysql /run/mysqld",
            "postgresql", "install -d -o postgres /var/lib/ha /run/postgresql && su postgres -c "
                    + "'/usr/lib/postgresql/*/bin/initdb -A peer --auth-host=scram-sha-256 -D /var/lib/ha' && "
                    + "echo 'host all all 10.10.10.0/24 scram-sha-256' >> /var/lib/ha/pg_hba.conf",
            "etcd", certificates());
    private static final Map<String, String> START = Map.of("mariadb",
            "mariadbd --user=mysql --skip-name-resolve --datadir=/var/lib/ha --bind-address=0.0.0.0 "
                    + "--socket=/run/mysqld/mysqld.sock",
            "postgresql", "su postgres -c \"exec /usr/lib/postgresql/*/bin/postgres -D /var/lib/ha -h '*' "
                    + "-k /run/postgresql\"",
            "etcd", "etcd --data-dir /var/lib/ha/data --listen-client-urls https://0.0.0.0:2379 "
                    + "--advertise-client-urls https://10.10.10.40:2379 --client-cert-auth "
                    + "--trusted-ca-file /var/lib/ha/ca.crt --cert-file /var/lib/ha/server.crt "
                    + "--key-file /var/lib/ha/server.key");
    private static final Map<String, String> READY = Map.of("mariadb", "mariadb -e 'select 1'", "postgresql",
            "su postgres -c 'psql -c \"select 1\"'", "etcd",
            "ETCDCTL_API=3 etcdctl --endpoints https://10.10.10.40:2379 "
                    + "--cacert /var/lib/ha/ca.crt --cert /var/lib/ha/client.crt --key /var/lib/ha/client.key "
                    + "endpoint health");
    private static final String CLIENT_FILES = "ca.crt client.crt client.key";
    private final Host host;
    private final String variant;

    private Database(Host host, String variant) {
        this.host = host;
        this.variant = variant;
    }

    /// A CA, and what etcd and its clients show each other.
    private static String certificates() {
        return """
                mkdir -p /var/lib/ha && cd /var/lib/ha &&
                key() { openssl ecparam -name prime256v1 -genkey -noout -out $1.key; } &&
                sign() { key $1 && openssl req -new -key $1.key -subj /CN=$1 | openssl x509 -req -days 2 -CA ca.crt \
                    -CAkey ca.key -CAcreateserial -out $1.crt -extfile <(echo "subjectAltName=IP:10.10.10.40
                extendedKeyUsage=serverAuth,clientAuth"); } &&
                key ca && openssl req -x509 -new -key ca.key -days 2 -subj /CN=ha -out ca.crt &&
                sign server && sign client""";
    }

    /// Gives a server what it must show this database.
    void equip(Host server) throws IOException, InterruptedException {
        if (variant.equals("etcd")) {
            Path shared = host.machine().dir().resolve("shared");
            host.must("mkdir -p " + shared + " && cd /var/lib/ha && cp " + CLIENT_FILES + " " + shared);
            server.must("mkdir -p /etc/rancher/datastore && cp " + shared + "/* /etc/rancher/datastore/");
        }
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
