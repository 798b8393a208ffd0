package io.k3j.datastoreconformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        return "postgres://" + USER + ":" + URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8) + "@127.0.0.1:" + port
                + "/" + database;
    }

    @Override
    public String sql(String database, String statements) {
        return run(List.of("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", directory().toString(), "-p",
                Integer.toString(port()), "-U", "postgres", "-d", database, "-c", statements));
    }
}
