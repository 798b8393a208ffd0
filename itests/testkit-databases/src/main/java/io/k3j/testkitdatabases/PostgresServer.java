package io.k3j.testkitdatabases;

import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// PostgreSQL from Debian's package.
public final class PostgresServer extends DatabaseServer {
    private final Path programs;
    private final List<String> options;

    private PostgresServer(Path programs, List<String> options) {
        super("postgres");
        this.programs = programs;
        this.options = options;
    }

    /// Makes and starts one; `options` as `max_connections=20`.
    public static PostgresServer started(String... options) {
        PostgresServer server = new PostgresServer(programs("initdb"), List.of(options));
        server.run(
                server.as(List.of(server.programs.resolve("initdb").toString(), "-D", server.data(), "-U", "postgres",
                        "-A", "scram-sha-256", "--auth-local=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")));
        server.start();
        server.sql("postgres", "CREATE ROLE " + USER + " LOGIN CREATEDB PASSWORD '" + PASSWORD + "'");
        return server;
    }

    /// Makes a standby that follows this server, and starts it; returns when it does.
    public PostgresServer standby() {
        PostgresServer standby = new PostgresServer(programs, options);
        run(as(List.of(programs.resolve("pg_basebackup").toString(), "-h", directory().toString(), "-p",
                Integer.toString(port()), "-U", "postgres", "-D", standby.data(), "-R", "-c", "fast")));
        standby.start();
        await("1", "SELECT COUNT(*) FROM pg_stat_replication WHERE state = 'streaming'");
        return standby;
    }

    /// Acknowledges nothing any more that a standby has not got on its disk.
    public void waitForStandby() {
        waitFor("*");
        await("sync", "SELECT MAX(sync_state) FROM pg_stat_replication");
    }

    /// Lets commits wait for standbys of that name, or for none; every commit after this does.
    public void waitFor(String standbys) {
        sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '" + standbys + "'");
        sql("postgres", "SELECT pg_reload_conf()");
        // a session that begins with it shows that all others have been told
        await(standbys, "SHOW synchronous_standby_names");
        // the checkpointer is who tells commits, and reads what it has been told before its next checkpoint
        sql("postgres", "CHECKPOINT");
        sql("postgres", "CHECKPOINT");
    }

    /// Has a standby follow no more; returns when it has all that was written, and gets nothing further.
    public void cutOff(PostgresServer standby) {
        await("t", "SELECT bool_and(replay_lsn >= pg_current_wal_lsn()) FROM pg_stat_replication");
        standby.sql("postgres", "ALTER SYSTEM SET primary_conninfo = ''");
        standby.sql("postgres", "SELECT pg_reload_conf()");
        await("0", "SELECT COUNT(*) FROM pg_stat_replication");
    }

    /// Makes a standby a primary; returns when it is.
    public void promote() {
        sql("postgres", "SELECT pg_promote(true, " + Waiting.LIMIT.toSeconds() + ")");
    }

    @Override
    public void readOnly(boolean only) {
        sql("postgres", "ALTER SYSTEM SET default_transaction_read_only = " + only);
        sql("postgres", "SELECT pg_reload_conf()");
        // a session that begins with it shows that all others have been told
        await(only ? "on" : "off", "SHOW default_transaction_read_only");
    }

    @Override
    public void refuseConnections(boolean refuse) {
        sql("postgres", "ALTER ROLE " + USER + " CONNECTION LIMIT " + (refuse ? 0 : -1));
        sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + USER + "'");
    }

    private void await(String wanted, String question) {
        long start = System.nanoTime();
        while (!wanted.equals(sql("postgres", question))) {
            if (System.nanoTime() - start > Waiting.LIMIT.toNanos()) {
                throw new IllegalStateException("never " + wanted + ": " + question);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static Path programs(String name) {
        try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.map(version -> version.resolve("bin")).filter(bin -> Files.exists(bin.resolve(name)))
                    .max(Path::compareTo).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException("needs Debian's package postgresql", e);
        }
    }

    private String data() {
        return directory().resolve("data").toString();
    }

    @Override
    protected List<String> command() {
        List<String> command = new ArrayList<>(List.of(programs.resolve("postgres").toString(), "-D", data(), "-p",
                Integer.toString(port()), "-k", directory().toString(), "-h", "127.0.0.1"));
        options.forEach(option -> command.addAll(List.of("-c", option)));
        return command;
    }

    @Override
    protected boolean ready() {
        if (!listens()) {
            return false;
        }
        try {
            return "1".equals(sql("postgres", "SELECT 1"));
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Override
    public String endpoint(int port, String database) {
        return endpoint(Integer.toString(port), database);
    }

    /// The endpoint that names this server and another one.
    public String endpoint(PostgresServer other, String database) {
        return endpoint(port() + ",127.0.0.1:" + other.port(), database);
    }

    private static String endpoint(String ports, String database) {
        return "postgres://" + USER + ":" + URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8) + "@127.0.0.1:" + ports
                + "/" + database;
    }

    @Override
    protected List<String> client(String database) {
        return List.of("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", directory().toString(), "-p",
                Integer.toString(port()), "-U", "postgres", "-d", database);
    }

    @Override
    public String sql(String database, String statements) {
        List<String> command = new ArrayList<>(client(database));
        command.addAll(List.of("-c", statements));
        return run(command);
    }
}
