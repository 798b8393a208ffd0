package io.k3j.datastoreconformance;

import java.util.ArrayList;
import java.util.List;

/// MariaDB from Debian's package.
public final class MariadbServer extends DatabaseServer {
    private static final int CONNECTIONS = 100;
    private final List<String> options;

    private MariadbServer(List<String> options) {
        super("mysql");
        this.options = new ArrayList<>(options);
    }

    /// Makes and starts one; `options` as `--max-connections=20`.
    public static MariadbServer started(String... options) {
        MariadbServer server = new MariadbServer(List.of(options));
        server.run(server.as(List.of("mariadb-install-db", "--no-defaults", "--datadir=" + server.data(),
                "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")));
        server.start();
        server.sql("mysql", "CREATE USER " + USER + "@'%' IDENTIFIED BY '" + PASSWORD + "'");
        server.sql("mysql", "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX ON *.* TO " + USER);
        return server;
    }

    /// More options, from the next start on.
    public void also(String... more) {
        options.addAll(List.of(more));
    }

    private String data() {
        return directory().resolve("data").toString();
    }

    /// The path of its unix socket.
    public String socket() {
        return directory().resolve("socket").toString();
    }

    @Override
    protected List<String> command() {
        List<String> command = new ArrayList<>(List.of("mariadbd", "--no-defaults", "--datadir=" + data(),
                "--socket=" + socket(), "--port=" + port(), "--bind-address=127.0.0.1", "--skip-name-resolve",
                "--pid-file=" + directory().resolve("pid"),
                // what is 0 at the start cannot be changed later
                "--max-user-connections=" + CONNECTIONS));
        command.addAll(options);
        return command;
    }

    @Override
    protected boolean ready() {
        if (!listens()) {
            return false;
        }
        try {
            return "1".equals(sql("mysql", "SELECT 1"));
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Override
    public void readOnly(boolean only) {
        sql("mysql", "SET GLOBAL read_only = " + (only ? 1 : 0));
    }

    @Override
    public void refuseConnections(boolean refuse) {
        sql("mysql", "SET GLOBAL max_user_connections = " + (refuse ? -1 : CONNECTIONS));
        sql("mysql", "KILL USER " + USER);
    }

    @Override
    public String endpoint(int port, String database) {
        return "mysql://" + USER + ":" + PASSWORD + "@tcp(127.0.0.1:" + port + ")/" + database;
    }

    @Override
    public String sql(String database, String statements) {
        return run(List.of("mariadb", "--no-defaults", "-N", "-B", "-S", socket(), "-u", "root", "-e", statements,
                database));
    }
}
