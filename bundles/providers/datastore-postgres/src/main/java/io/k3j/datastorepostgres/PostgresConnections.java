package io.k3j.datastorepostgres;

import io.k3j.sqllog.ClientKeyStore;
import io.k3j.sqllog.ServerFiles;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/// Opens connections with time limits. Avoids `DriverManager`, which would keep the driver's class loader
/// alive.
final class PostgresConnections implements AutoCloseable {
    private static final String CONNECT_SECONDS = "1";
    private static final String LOGIN_SECONDS = "5";
    private final PostgresEndpoint endpoint;
    private final @Nullable String cafile;
    private final @Nullable ClientKeyStore identity;
    private final Succession succession = new Succession();
    private volatile String order;

    private PostgresConnections(PostgresEndpoint endpoint, @Nullable String cafile, @Nullable ClientKeyStore identity) {
        this.endpoint = endpoint;
        this.cafile = cafile;
        this.identity = identity;
        order = endpoint.hosts();
    }

    /// From the flags. Certificates in the endpoint take precedence over those of `--datastore-…file`.
    /// @throws IllegalArgumentException naming the unusable flag and the reason
    static PostgresConnections of(String text, ServerFiles flags) {
        PostgresEndpoint endpoint = PostgresEndpoint.parse(text);
        ServerFiles files = new ServerFiles(orElse(endpoint.parameter(PostgresEndpoint.SSLROOTCERT), flags.cafile()),
                orElse(endpoint.parameter(PostgresEndpoint.SSLCERT), flags.certfile()),
                orElse(endpoint.parameter(PostgresEndpoint.SSLKEY), flags.keyfile()));
        return new PostgresConnections(endpoint, files.cafile().isEmpty() ? null : files.cafile(), files.identity());
    }

    private static String orElse(@Nullable String one, String other) {
        return one == null || one.isEmpty() ? other : one;
    }

    PostgresEndpoint endpoint() {
        return endpoint;
    }

    /// @param millis limit of each answer, 0 for none
    Connection open(int millis) throws SQLException {
        return open(endpoint.at(order), millis);
    }

    /// As [#open], to the primary promoted last when the endpoint names several servers.
    Connection openNewest(int millis) throws SQLException {
        String[] hosts = endpoint.hosts().split(",");
        if (hosts.length == 1) {
            return open(millis);
        }
        SQLException failure = new SQLException("no server is named");
        long newest = 0;
        for (String host : hosts) {
            try (Connection connection = open(endpoint.at(host), millis)) {
                long found = succession.check(connection);
                if (found > newest) {
                    newest = found;
                    order = withFirst(host, hosts);
                }
            } catch (SQLException e) {
                failure = e;
            }
        }
        if (newest == 0) {
            throw failure;
        }
        return open(millis);
    }

    private static String withFirst(String host, String... hosts) {
        StringBuilder order = new StringBuilder(host);
        for (String other : hosts) {
            order.append(other.equals(host) ? "" : "," + other);
        }
        return order.toString();
    }

    /// A connection to another database of the server.
    Connection open(PostgresEndpoint target, int millis) throws SQLException {
        Connection connection = new Driver().connect("jdbc:postgresql://" + target.hosts() + "/"
                + URLEncoder.encode(target.database(), StandardCharsets.UTF_8), properties(target));
        if (connection == null) {
            throw new SQLException("the driver does not take " + target.place());
        }
        try (Statement statement = connection.createStatement()) {
            connection.setNetworkTimeout(Runnable::run, millis);
            succession.check(connection);
            statement.execute("SET default_transaction_isolation = 'read committed'");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private Properties properties(PostgresEndpoint target) {
        Properties properties = new Properties();
        properties.setProperty("user", target.user());
        properties.setProperty("password", target.password());
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("socketTimeout", LOGIN_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("prepareThreshold", "1");
        properties.setProperty("ApplicationName", orElse(target.parameter(PostgresEndpoint.APPLICATION), "k3j"));
        if (target.parameter(PostgresEndpoint.SEARCH_PATH) != null) {
            properties.setProperty("currentSchema", orElse(target.parameter(PostgresEndpoint.SEARCH_PATH), ""));
        }
        boolean writable = endpoint.hosts().indexOf(',') >= 0
                || "read-write".equals(target.parameter(PostgresEndpoint.TARGET))
                || "primary".equals(target.parameter(PostgresEndpoint.TARGET));
        if (writable) {
            properties.setProperty("targetServerType", "primary");
            // a former standby may have become the primary
            properties.setProperty("hostRecheckSeconds", "0");
        }
        tls(target, properties);
        return properties;
    }

    private void tls(PostgresEndpoint target, Properties properties) {
        String mode = orElse(target.parameter(PostgresEndpoint.SSLMODE), cafile == null && identity == null ? "prefer"
                : "verify-full").replace("allow", "prefer");
        if (cafile != null) {
            // as libpq does: with a CA file, `require` verifies the certificate's authority
            mode = mode.replace("require", "verify-ca");
            properties.setProperty("sslrootcert", cafile);
        } else if (mode.startsWith("verify") && identity == null) {
            properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        properties.setProperty("sslmode", mode);
        if (identity != null) {
            properties.setProperty("sslkey", identity.file().toString());
            properties.setProperty("sslpassword", identity.password());
        }
    }

    @Override
    public void close() {
        if (identity != null) {
            identity.close();
        }
    }
}
