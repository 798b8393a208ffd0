package io.k3j.datastoremysql;

import io.k3j.sqllog.ClientKeyStore;
import io.k3j.sqllog.ServerFiles;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.NonRegisteringDriver;

/// Opens connections with time limits. Avoids `DriverManager`, which would keep the driver's class loader
/// alive.
final class MysqlConnections implements AutoCloseable {
    private static final int CONNECT_MILLIS = 1_500;
    /// Limit of a login: servers that look up clients' names take seconds without a resolver.
    private static final int LOGIN_MILLIS = 5_000;
    private final MysqlEndpoint endpoint;
    private final String cafile;
    private final @Nullable ClientKeyStore identity;

    private MysqlConnections(MysqlEndpoint endpoint, String cafile, @Nullable ClientKeyStore identity) {
        this.endpoint = endpoint;
        this.cafile = cafile;
        this.identity = identity;
    }

    /// From the flags.
    /// @throws IllegalArgumentException naming the unusable flag and the reason
    static MysqlConnections of(String text, ServerFiles files) {
        return new MysqlConnections(MysqlEndpoint.parse(text), files.cafile(), files.identity());
    }

    MysqlEndpoint endpoint() {
        return endpoint;
    }

    /// A connection to the database.
    /// @param millis limit of each answer, 0 for none
    /// @param settings session variables
    Connection open(int millis, String settings) throws SQLException {
        return open(endpoint.database(), millis, settings);
    }

    /// As [#open], for the writer: several statements, with their values, may be sent in one packet.
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
        // kine's numbering requires steps of one, whatever the server's default is
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
        // an untrusted certificate is refused, even where the authentication method would verify it later
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
