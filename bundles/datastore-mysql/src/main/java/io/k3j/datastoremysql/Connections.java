package io.k3j.datastoremysql;

import io.k3j.sqllog.ClientKeyStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.NonRegisteringDriver;

/// Opens connections, each with its bounds of time. Not by `DriverManager`, which would hold on to what it is given.
final class Connections implements AutoCloseable {
    private static final int CONNECT_MILLIS = 1_500;
    /// Servers that look up names of clients take seconds where there is no resolver.
    private static final int LOGIN_MILLIS = 5_000;
    private final Endpoint endpoint;
    private final String cafile;
    private final @Nullable ClientKeyStore identity;

    private Connections(Endpoint endpoint, String cafile, @Nullable ClientKeyStore identity) {
        this.endpoint = endpoint;
        this.cafile = cafile;
        this.identity = identity;
    }

    /// From the flags.
    /// @throws IllegalArgumentException saying which flag cannot be used and why
    static Connections of(String text, String cafile, String certfile, String keyfile) {
        Endpoint endpoint = Endpoint.parse(text);
        if (certfile.isEmpty() != keyfile.isEmpty()) {
            throw new IllegalArgumentException(
                    "--datastore-certfile and --datastore-keyfile belong together: give both or none");
        }
        if (!cafile.isEmpty() && !Files.isReadable(Path.of(cafile))) {
            throw new IllegalArgumentException("--datastore-cafile " + cafile + ": cannot be read");
        }
        return new Connections(endpoint, cafile,
                keyfile.isEmpty() ? null : ClientKeyStore.of(Path.of(certfile), Path.of(keyfile)));
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /// A connection to the database whose answers may take `millis`, 0 for ever. `settings` are session variables.
    Connection open(int millis, String settings) throws SQLException {
        return open(endpoint.database(), millis, settings);
    }

    /// The same for one that writes: several statements may go in one packet, with their values in it.
    Connection writing(int millis, String settings) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("useServerPrepStmts", "false");
        properties.setProperty("allowMultiQueries", "true");
        return open(endpoint.database(), millis, settings, properties);
    }

    /// A connection to the server, without a database.
    Connection openServer() throws SQLException {
        return open("", 0, "");
    }

    private Connection open(String database, int millis, String settings) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("useServerPrepStmts", "true");
        properties.setProperty("cachePrepStmts", "true");
        return open(database, millis, settings, properties);
    }

    private Connection open(String database, int millis, String settings, Properties properties) throws SQLException {
        properties.setProperty("user", endpoint.user());
        properties.setProperty("password", endpoint.password());
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_MILLIS));
        properties.setProperty("socketTimeout", Integer.toString(LOGIN_MILLIS));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("transactionIsolation", "READ-COMMITTED");
        // whatever the server's own step is, kine's numbering knows only steps of one
        properties.setProperty("sessionVariables", "auto_increment_increment=1,auto_increment_offset=1"
                + (settings.isEmpty() ? "" : "," + settings));
        if (!endpoint.socket().isEmpty()) {
            properties.setProperty("localSocket", endpoint.socket());
        }
        tls(properties);
        Connection connection = new NonRegisteringDriver().connect(
                "jdbc:mariadb://" + endpoint.host() + ":" + endpoint.port() + "/" + database, properties);
        if (connection == null) {
            throw new SQLException("the driver does not take " + endpoint.place());
        }
        connection.setNetworkTimeout(Runnable::run, millis);
        return connection;
    }

    private void tls(Properties properties) {
        boolean files = !cafile.isEmpty() || identity != null;
        properties.setProperty("sslMode", files || "true".equals(endpoint.tls()) ? "verify-full"
                : "skip-verify".equals(endpoint.tls()) ? "trust" : "disable");
        // a certificate nobody vouches for is refused, whatever the way of login would make of it
        properties.setProperty("deferCertificateValidation", "false");
        if (!cafile.isEmpty()) {
            properties.setProperty("serverSslCert", cafile);
        }
        if (identity != null) {
            properties.setProperty("keyStore", identity.file().toString());
            properties.setProperty("keyStorePassword", identity.password());
            properties.setProperty("keyStoreType", "PKCS12");
        }
    }

    @Override
    public void close() {
        if (identity != null) {
            identity.close();
        }
    }
}
