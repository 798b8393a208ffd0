package io.k3j.datastorepostgres;

import io.k3j.sqllog.ClientKeyStore;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/// Opens connections, each with its bounds of time. Not by `DriverManager`, which would hold on to what it is given.
final class Connections implements AutoCloseable {
    private static final String CONNECT_SECONDS = "1";
    private static final String LOGIN_SECONDS = "5";
    private final Endpoint endpoint;
    private final @Nullable String cafile;
    private final @Nullable ClientKeyStore identity;
    private final Succession succession = new Succession();
    private volatile String order;

    private Connections(Endpoint endpoint, @Nullable String cafile, @Nullable ClientKeyStore identity) {
        this.endpoint = endpoint;
        this.cafile = cafile;
        this.identity = identity;
        order = endpoint.hosts();
    }

    /// From the flags; certificates in the endpoint go before those of `--datastore-…file`.
    /// @throws IllegalArgumentException saying which flag cannot be used and why
    static Connections of(String text, String cafile, String certfile, String keyfile) {
        Endpoint endpoint = Endpoint.parse(text);
        String ca = first(endpoint.parameter(Endpoint.SSLROOTCERT), cafile);
        String certificate = first(endpoint.parameter(Endpoint.SSLCERT), certfile);
        String key = first(endpoint.parameter(Endpoint.SSLKEY), keyfile);
        if (certificate.isEmpty() != key.isEmpty()) {
            throw new IllegalArgumentException(
                    "--datastore-certfile and --datastore-keyfile belong together: give both or none");
        }
        if (!ca.isEmpty() && !Files.isReadable(Path.of(ca))) {
            throw new IllegalArgumentException("--datastore-cafile " + ca + ": cannot be read");
        }
        return new Connections(endpoint, ca.isEmpty() ? null : ca,
                key.isEmpty() ? null : ClientKeyStore.of(Path.of(certificate), Path.of(key)));
    }

    private static String first(@Nullable String one, String other) {
        return one == null || one.isEmpty() ? other : one;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /// A connection whose answers may take `millis`, 0 for ever.
    Connection open(int millis) throws SQLException {
        return open(endpoint.at(order), millis);
    }

    /// The same to the primary that was promoted last, where the endpoint names several servers.
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
                    order = first(host, hosts);
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

    private static String first(String host, String... hosts) {
        StringBuilder order = new StringBuilder(host);
        for (String other : hosts) {
            order.append(other.equals(host) ? "" : "," + other);
        }
        return order.toString();
    }

    /// A connection to another database of the server.
    Connection open(Endpoint where, int millis) throws SQLException {
        Connection connection = new Driver().connect("jdbc:postgresql://" + where.hosts() + "/"
                + URLEncoder.encode(where.database(), StandardCharsets.UTF_8), properties(where));
        if (connection == null) {
            throw new SQLException("the driver does not take " + where.place());
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

    private Properties properties(Endpoint where) {
        Properties properties = new Properties();
        properties.setProperty("user", where.user());
        properties.setProperty("password", where.password());
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("socketTimeout", LOGIN_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("prepareThreshold", "1");
        properties.setProperty("ApplicationName", first(where.parameter(Endpoint.APPLICATION), "k3j"));
        if (where.parameter(Endpoint.SEARCH_PATH) != null) {
            properties.setProperty("currentSchema", first(where.parameter(Endpoint.SEARCH_PATH), ""));
        }
        boolean writable = endpoint.hosts().indexOf(',') >= 0
                || "read-write".equals(where.parameter(Endpoint.TARGET))
                || "primary".equals(where.parameter(Endpoint.TARGET));
        if (writable) {
            properties.setProperty("targetServerType", "primary");
            // what was a standby a moment ago may be the primary by now
            properties.setProperty("hostRecheckSeconds", "0");
        }
        tls(where, properties);
        return properties;
    }

    private void tls(Endpoint where, Properties properties) {
        String mode = first(where.parameter(Endpoint.SSLMODE), cafile == null && identity == null ? "prefer"
                : "verify-full").replace("allow", "prefer");
        if (cafile != null) {
            // as libpq: whoever names an authority wants it asked
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
