package io.k3j.datastoremysql;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/// `mysql://[user[:password]@][tcp(host[:port])|unix(path)][/database][?tls=…]`, the form of K3s' driver
/// (<https://github.com/go-sql-driver/mysql#dsn-data-source-name>); the password is not decoded. `mysql://`
/// alone stands for K3s' default: `root` on the local socket, or on 127.0.0.1:3306 without one; database
/// `kubernetes`.
///
/// @param socket path of a unix socket, empty for TCP
/// @param tls `false`, `true` or `skip-verify`; empty when not given
record MysqlEndpoint(String user, String password, String host, int port, String socket, String database, String tls) {
    private static final String SCHEME = "mysql://";
    private static final String DATABASE = "kubernetes";
    private static final String ROOT = "root";
    private static final String SOCKET = "/var/run/mysqld/mysqld.sock";
    private static final String LOCALHOST = "127.0.0.1";
    private static final int PORT = 3306;
    /// Parameters of K3s' driver without a counterpart in this one.
    private static final Set<String> IGNORED = Set.of("allowAllFiles", "allowCleartextPasswords",
            "allowFallbackToPlaintext", "allowNativePasswords", "allowOldPasswords", "charset", "checkConnLiveness",
            "collation", "clientFoundRows", "columnsWithAlias", "connectionAttributes", "compress",
            "interpolateParams", "loc", "timeTruncate", "maxAllowedPacket", "multiStatements", "parseTime",
            "readTimeout", "rejectReadOnly", "serverPubKey", "timeout", "writeTimeout");

    /// Parses `--datastore-endpoint`.
    /// @throws IllegalArgumentException naming what is wrong, without the password
    static MysqlEndpoint parse(String text) {
        if (!text.startsWith(SCHEME)) {
            throw invalid("it must begin with mysql://");
        }
        String rest = text.substring(SCHEME.length());
        if (rest.isEmpty()) {
            boolean local = Files.exists(Path.of(SOCKET));
            return new MysqlEndpoint(ROOT, "", LOCALHOST, PORT, local ? SOCKET : "", DATABASE, "");
        }
        int slash = rest.lastIndexOf('/');
        int closing = rest.lastIndexOf(')');
        String left = slash > closing ? rest.substring(0, slash) : rest;
        String right = slash > closing ? rest.substring(slash + 1) : "";
        int question = right.indexOf('?');
        String database = question < 0 ? right : right.substring(0, question);
        int at = left.lastIndexOf('@');
        String login = at < 0 ? ROOT : left.substring(0, at);
        int colon = login.indexOf(':');
        Address address = Address.parse(left.substring(at + 1));
        return new MysqlEndpoint(colon < 0 ? login : login.substring(0, colon),
                colon < 0 ? "" : login.substring(colon + 1), address.host, address.port, address.socket,
                database.isEmpty() ? DATABASE : database, tls(question < 0 ? "" : right.substring(question + 1)));
    }

    private static String tls(String query) {
        String tls = "";
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            if ("tls".equals(name)) {
                if (!Set.of("true", "false", "skip-verify").contains(value)) {
                    throw invalid("tls is true, false or skip-verify, not \"" + value + "\"");
                }
                tls = value;
            } else if (!name.isEmpty() && !IGNORED.contains(name)) {
                throw invalid("the parameter \"" + name + "\" is not known; known is tls");
            }
        }
        return tls;
    }

    private static IllegalArgumentException invalid(String why) {
        return new IllegalArgumentException("invalid --datastore-endpoint: " + why
                + ", for example mysql://user:password@tcp(host:3306)/database");
    }

    /// The endpoint without the password, for messages.
    String place() {
        return SCHEME + user + "@" + (socket.isEmpty() ? "tcp(" + host + ":" + port + ")" : "unix(" + socket + ")")
                + "/" + database;
    }

    @Override
    public String toString() {
        return place();
    }

    private record Address(String host, int port, String socket) {
        static Address parse(String text) {
            int open = text.indexOf('(');
            String net = open < 0 ? text : text.substring(0, open);
            if (open >= 0 && !text.endsWith(")")) {
                throw invalid("a parenthesis is not closed");
            }
            String inside = open < 0 ? "" : text.substring(open + 1, text.length() - 1);
            return switch (net) {
                case "tcp", "" -> tcp(inside);
                case "unix" -> new Address("localhost", PORT, inside.isEmpty() ? SOCKET : inside);
                default -> throw invalid("a host is written tcp(host:3306), a socket unix(/path)");
            };
        }

        private static Address tcp(String text) {
            int colon = text.startsWith("[") ? text.indexOf("]:") + 1 : text.lastIndexOf(':');
            if (colon <= 0) {
                return new Address(text.isEmpty() ? LOCALHOST : text, PORT, "");
            }
            try {
                int port = Integer.parseInt(text.substring(colon + 1));
                if (port > 0 && port < 1 << 16) {
                    return new Address(text.substring(0, colon), port, "");
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(invalid("a port must be a number").getMessage(), e);
            }
            throw invalid("a port must lie between 1 and 65535");
        }
    }
}
