package io.k3j.datastorepostgres;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `postgres://[user[:password]@][host[:port][,host[:port]…]][/database][?parameter=value&…]`, with K3s'
/// defaults: `postgres:postgres@localhost:5432/kubernetes`.
///
/// @param hosts `host:port`, comma-separated
/// @param parameters the query parameters
record PostgresEndpoint(String hosts, String user, String password, String database, Map<String, String> parameters) {
    static final String SSLMODE = "sslmode";
    static final String SSLROOTCERT = "sslrootcert";
    static final String SSLCERT = "sslcert";
    static final String SSLKEY = "sslkey";
    static final String TARGET = "target_session_attrs";
    static final String APPLICATION = "application_name";
    static final String SEARCH_PATH = "search_path";
    private static final String POSTGRES = "postgres";
    private static final String DATABASE = "kubernetes";
    private static final Set<String> KNOWN = Set.of(SSLMODE, SSLROOTCERT, SSLCERT, SSLKEY, TARGET, APPLICATION,
            SEARCH_PATH);
    /// Parameters of K3s' driver without a counterpart in this one.
    private static final Set<String> IGNORED = Set.of("connect_timeout", "sslsni", "sslnegotiation",
            "statement_cache_capacity", "statement_cache_mode", "default_query_exec_mode", "binary_parameters",
            "pool_max_conns", "pool_min_conns", "pool_max_conn_lifetime", "pool_max_conn_idle_time",
            "pool_health_check_period");

    /// Parses `--datastore-endpoint`.
    /// @throws IllegalArgumentException naming what is wrong, without the password
    static PostgresEndpoint parse(String text) {
        String rest = afterScheme(text);
        int question = rest.indexOf('?');
        Map<String, String> parameters = parameters(question < 0 ? "" : rest.substring(question + 1));
        String path = question < 0 ? rest : rest.substring(0, question);
        int at = path.lastIndexOf('@');
        String login = at < 0 ? "" : path.substring(0, at);
        String place = path.substring(at + 1);
        int slash = place.indexOf('/');
        String database = slash < 0 ? "" : decode(place.substring(slash + 1));
        int colon = login.indexOf(':');
        String user = decode(colon < 0 ? login : login.substring(0, colon));
        String password = colon < 0 ? (login.isEmpty() ? POSTGRES : "") : decode(login.substring(colon + 1));
        return new PostgresEndpoint(hosts(slash < 0 ? place : place.substring(0, slash)),
                user.isEmpty() ? POSTGRES : user,
                password, database.isEmpty() ? DATABASE : database, parameters);
    }

    private static String afterScheme(String text) {
        int colon = text.indexOf("://");
        if (colon < 0 || !Set.of(POSTGRES, "postgresql").contains(text.substring(0, colon))) {
            throw invalid("it must begin with postgres://");
        }
        return text.substring(colon + "://".length());
    }

    private static String hosts(String text) {
        StringBuilder hosts = new StringBuilder();
        for (String host : (text.isEmpty() ? "localhost" : text).split(",")) {
            if (host.startsWith("%2F") || host.startsWith("%2f") || host.isEmpty()) {
                throw invalid(host.isEmpty() ? "a host is empty" : "a unix socket cannot be used; give host:port");
            }
            int colon = host.startsWith("[") ? host.indexOf("]:") + 1 : host.indexOf(':');
            String port = colon <= 0 ? "5432" : host.substring(colon + 1);
            String name = colon <= 0 ? host : host.substring(0, colon);
            hosts.append(hosts.isEmpty() ? "" : ",").append(name).append(':').append(checkedPort(port));
        }
        return hosts.toString();
    }

    private static int checkedPort(String port) {
        try {
            int number = Integer.parseInt(port);
            if (number > 0 && number < 1 << 16) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(invalid("a port must be a number").getMessage(), e);
        }
        throw invalid("a port must lie between 1 and 65535");
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : query.split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = decode(equals < 0 ? pair : pair.substring(0, equals));
                if (KNOWN.contains(name)) {
                    parameters.put(name, equals < 0 ? "" : decode(pair.substring(equals + 1)));
                } else if (!IGNORED.contains(name)) {
                    throw invalid("the parameter \"" + name + "\" is not known; known are " + String.join(", ", KNOWN));
                }
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    invalid("a % is not followed by two hexadecimal digits; write %25 for it").getMessage(), e);
        }
    }

    private static IllegalArgumentException invalid(String why) {
        return new IllegalArgumentException("invalid --datastore-endpoint: " + why
                + ", for example postgres://user:password@host:5432/database");
    }

    /// The value of a parameter, or null.
    @Nullable
    String parameter(String name) {
        return parameters.get(name);
    }

    /// The same servers with another database.
    PostgresEndpoint database(String otherDatabase) {
        return new PostgresEndpoint(hosts, user, password, otherDatabase, parameters);
    }

    /// The same database on other hosts, or in another order.
    PostgresEndpoint at(String otherHosts) {
        return new PostgresEndpoint(otherHosts, user, password, database, parameters);
    }

    /// The endpoint without the password, for messages.
    String place() {
        return "postgres://" + user + "@" + hosts + "/" + database;
    }

    @Override
    public String toString() {
        return place();
    }
}
