package io.k3j.ha;

import io.k3j.testkitmachine.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The database of a page; `mariadb` and `postgresql` on a machine of their own, `etcd` on three.
final class Database {
    private static final String ETCD = "etcd";
    private static final int MEMBERS = 3;
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Map<String, String> MAKE = Map.of("mariadb",
            "mariadb-install-db --user=mysql --datadir=/var/lib/ha --skip-test-db && install -d -o mysql /run/mysqld",
            "postgresql", "install -d -o postgres /var/lib/ha /run/postgresql && su postgres -c "
                    + "'/usr/lib/postgresql/*/bin/initdb -A peer --auth-host=scram-sha-256 -D /var/lib/ha' && "
                    + "echo 'host all all 10.10.10.0/24 scram-sha-256' >> /var/lib/ha/pg_hba.conf",
            ETCD, certificates());
    private static final Map<String, String> START = Map.of("mariadb",
            "mariadbd --user=mysql --skip-name-resolve --datadir=/var/lib/ha --bind-address=0.0.0.0 "
                    + "--socket=/run/mysqld/mysqld.sock",
            "postgresql", "su postgres -c \"exec /usr/lib/postgresql/*/bin/postgres -D /var/lib/ha -h '*' "
                    + "-k /run/postgresql\"",
            ETCD, etcd());
    private static final String CTL = "ETCDCTL_API=3 etcdctl --cacert /var/lib/ha/ca.crt --cert /var/lib/ha/client.crt "
            + "--key /var/lib/ha/client.key --endpoints https://%s:2379 endpoint ";
    private static final Map<String, String> READY = Map.of("mariadb", "mariadb -e 'select 1'", "postgresql",
            "su postgres -c 'psql -c \"select 1\"'", ETCD, CTL + "health");
    private final List<Host> hosts;
    private final String variant;

    private Database(List<Host> hosts, String variant) {
        this.hosts = hosts;
        this.variant = variant;
    }

    /// A CA, and what members of etcd and their clients show each other.
    private static String certificates() {
        return """
                mkdir -p /var/lib/ha && cd /var/lib/ha &&
                key() { openssl ecparam -name prime256v1 -genkey -noout -out $1.key; } &&
                sign() { key $1 && openssl req -new -key $1.key -subj /CN=$1 | openssl x509 -req -days 2 -CA ca.crt \
                    -CAkey ca.key -CAcreateserial -out $1.crt -extfile \
                    <(echo "subjectAltName=IP:10.10.10.40,IP:10.10.10.41,IP:10.10.10.42
                extendedKeyUsage=serverAuth,clientAuth"); } &&
                key ca && openssl req -x509 -new -key ca.key -days 2 -subj /CN=ha -out ca.crt &&
                sign server && sign client""";
    }

    private static String etcd() {
        return "etcd --name $HOSTNAME --data-dir /var/lib/ha/data --listen-client-urls https://0.0.0.0:2379 "
                + "--advertise-client-urls https://$ADDRESS:2379 --client-cert-auth --listen-peer-urls "
                + "https://$ADDRESS:2380 --initial-advertise-peer-urls https://$ADDRESS:2380 --initial-cluster "
                + "db-1=https://10.10.10.40:2380,db-2=https://10.10.10.41:2380,db-3=https://10.10.10.42:2380 "
                + "--trusted-ca-file /var/lib/ha/ca.crt --cert-file /var/lib/ha/server.crt "
                + "--key-file /var/lib/ha/server.key --peer-client-cert-auth --peer-trusted-ca-file /var/lib/ha/ca.crt "
                + "--peer-cert-file /var/lib/ha/server.crt --peer-key-file /var/lib/ha/server.key";
    }

    /// Makes one and starts it.
    static Database on(Cluster cluster, String variant) throws IOException, InterruptedException {
        List<Host> hosts = new ArrayList<>();
        for (int n = 1; n <= (variant.equals(ETCD) ? MEMBERS : 1); n++) {
            hosts.add(cluster.database(n));
        }
        Database database = new Database(hosts, variant);
        hosts.getFirst().must(MAKE.get(variant));
        for (Host other : hosts.subList(1, hosts.size())) {
            database.copy("ca.crt server.crt server.key", other, "/var/lib/ha");
        }
        database.start();
        return database;
    }

    private void copy(String files, Host to, String directory) throws IOException, InterruptedException {
        Path shared = hosts.getFirst().machine().dir().resolve("shared");
        hosts.getFirst().must("rm -rf " + shared + " && mkdir " + shared + " && cd /var/lib/ha && cp " + files + " "
                + shared);
        to.must("mkdir -p " + directory + " && cp " + shared + "/* " + directory);
    }

    /// Where the page's commands for it are run.
    Host host() {
        return hosts.getFirst();
    }

    /// Gives a server what it must show this database.
    void equip(Host server) throws IOException, InterruptedException {
        if (variant.equals(ETCD)) {
            copy("ca.crt client.crt client.key", server, "/etc/rancher/datastore");
        }
    }

    /// Starts what of it does not run, and waits until all of it answers.
    void start() throws IOException, InterruptedException {
        for (Host host : hosts) {
            host.must("kill -0 -- -$(cat /run/ha.pid 2>/dev/null) 2>/dev/null || { setsid bash -c 'echo $$ > "
                    + "/run/ha.pid; ADDRESS=" + host.machine().address() + "; exec "
                    + START.get(variant).replace("'", "'\\''") + "' > /var/log/ha.txt 2>&1 < /dev/null & }");
        }
        for (Host host : hosts) {
            Waiting.until("answer of " + variant + " on " + host.name(), LIMIT, () -> ready(host), () -> log(host));
        }
    }

    private boolean ready(Host host) throws IOException, InterruptedException {
        String address = host.machine().address();
        return hosts.getFirst().run(READY.get(variant).formatted(address)).code() == 0;
    }

    private static String log(Host host) {
        try {
            return host.run("tail -50 /var/log/ha.txt").text();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /// The host whose member of etcd leads.
    Host leader() throws IOException, InterruptedException {
        List<Host> found = new ArrayList<>();
        Waiting.until("leader of etcd", LIMIT, () -> {
            for (Host host : hosts) {
                String status = hosts.getFirst().run(CTL.formatted(host.machine().address()) + "status").text();
                if (status.contains(", true, false,")) {
                    found.add(host);
                }
            }
            return !found.isEmpty();
        }, () -> log(hosts.getFirst()));
        return found.getFirst();
    }

    /// Kills all of it.
    void kill() throws IOException, InterruptedException {
        for (Host host : hosts) {
            kill(host);
        }
    }

    /// Kills what of it is on one host, with everything it started.
    void kill(Host host) throws IOException, InterruptedException {
        // processes of PostgreSQL's connections are groups of their own, and one that is never idle outlives its server
        host.must("kill -KILL -- -$(cat /run/ha.pid); pkill -KILL -x postgres || true");
    }
}
