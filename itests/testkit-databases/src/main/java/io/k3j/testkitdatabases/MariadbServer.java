package io.k3j.testkitdatabases;

import io.k3j.testkitbase.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

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
        MariadbServer server = made(List.of(options));
        server.sql("mysql", "CREATE USER " + USER + "@'%' IDENTIFIED BY '" + PASSWORD + "'");
        server.sql("mysql", "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX ON *.* TO " + USER);
        return server;
    }

    private static MariadbServer made(List<String> options) {
        MariadbServer server = new MariadbServer(options);
        server.run(server.as(
                List.of("env", server.temporary(), "mariadb-install-db", "--no-defaults", "--datadir=" + server.data(),
                        "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")));
        server.start();
        return server;
    }

    /// Makes and starts one that others can follow.
    public static MariadbServer primary() {
        MariadbServer primary = started("--log-bin=bin", "--sync-binlog=1", "--server-id=1");
        primary.sql("mysql", "CREATE USER follower@'%' IDENTIFIED BY 'follower'; "
                + "GRANT REPLICATION SLAVE ON *.* TO follower@'%'");
        return primary;
    }

    /// Makes a replica that follows this primary from its beginning, and starts it; returns when it does. Only
    /// administrators write there.
    public MariadbServer replica() {
        MariadbServer replica = made(List.of("--log-bin=bin", "--sync-binlog=1", "--server-id=2", "--read-only"));
        replica.sql("mysql", "SET GLOBAL rpl_semi_sync_slave_enabled = 1; CHANGE MASTER TO MASTER_HOST='127.0.0.1', "
                + "MASTER_PORT=" + port() + ", MASTER_USER='follower', MASTER_PASSWORD='follower', "
                + "MASTER_LOG_FILE='bin.000001', MASTER_LOG_POS=4; START SLAVE");
        replica.await("ON", "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS"
                + " WHERE VARIABLE_NAME = 'SLAVE_RUNNING'");
        return replica;
    }

    /// Acknowledges nothing any more that the replica has not got, and shows nobody.
    public void waitForReplica() {
        sql("mysql", "SET GLOBAL rpl_semi_sync_master_wait_point = 'AFTER_SYNC'; "
                + "SET GLOBAL rpl_semi_sync_master_timeout = 600000; SET GLOBAL rpl_semi_sync_master_enabled = 1");
        await("1", "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS"
                + " WHERE VARIABLE_NAME = 'RPL_SEMI_SYNC_MASTER_CLIENTS'");
    }

    /// Has a replica follow no more: it carries out what it has got and gets nothing further.
    public void cutOff() {
        sql("mysql", "STOP SLAVE IO_THREAD");
        await("1", "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE COMMAND = 'Slave_SQL'"
                + " AND STATE LIKE 'Slave has read all relay log%'");
        sql("mysql", "STOP SLAVE; RESET SLAVE ALL");
    }

    /// Lets everybody write on a replica that was cut off.
    public void promote() {
        sql("mysql", "SET GLOBAL read_only = 0");
    }

    /// A server that starts removes what others have in the temporary directory of all.
    private String temporary() {
        return "TMPDIR=" + directory();
    }

    private void await(String wanted, String question) {
        long start = System.nanoTime();
        while (!wanted.equals(sql("mysql", question))) {
            if (System.nanoTime() - start > Waiting.LIMIT.toNanos()) {
                throw new IllegalStateException("never " + wanted + ": " + question);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
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
        List<String> command = new ArrayList<>(
                List.of("env", temporary(), "mariadbd", "--no-defaults", "--datadir=" + data(),
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
    protected List<String> client(String database) {
        return List.of("mariadb", "--no-defaults", "--init-command=SET autocommit = 1", "-N", "-B", "-S", socket(),
                "-u", "root", "-D", database);
    }

    @Override
    public String sql(String database, String statements) {
        List<String> command = new ArrayList<>(client(database));
        command.addAll(List.of("-e", statements));
        return run(command);
    }
}
