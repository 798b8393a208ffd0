package io.k3j.supervisor;

import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.SupervisorSettings;
import java.nio.file.Files;
import java.util.Locale;

/// Which kind of datastore this server uses. Reads nothing but the flags and whether etcd's data directory
/// exists.
final class DatastoreKind {
    /// The embedded database.
    static final String SQLITE = "sqlite";
    /// etcd run by K3j as a child process.
    static final String ETCD = "etcd";

    private DatastoreKind() {
    }

    /// `sqlite`, `etcd` (managed), `mysql`, `postgres` or `external-etcd`. An etcd data directory on disk
    /// outweighs the flags, as in K3s.
    static String of(String endpointFlag, String join, boolean clusterInit, ServerLayout layout) {
        if (managed(endpointFlag, join, clusterInit, layout)) {
            return ETCD;
        }
        String endpoint = endpointFlag.toLowerCase(Locale.ROOT);
        int colon = endpoint.indexOf("://");
        return switch (colon < 0 ? endpoint : endpoint.substring(0, colon)) {
            case "", SQLITE, "litestream" -> SQLITE;
            case "postgresql", "postgres" -> "postgres";
            case "http", "https" -> "external-etcd";
            default -> colon < 0 ? "mysql" : endpoint.substring(0, colon);
        };
    }

    /// Whether etcd runs as a child process of this server.
    static boolean managed(SupervisorSettings settings, ServerLayout layout) {
        return managed(settings.datastoreEndpoint(), settings.server(),
                settings.clusterInit() || settings.clusterReset(), layout);
    }

    private static boolean managed(String endpointFlag, String join, boolean clusterInit, ServerLayout layout) {
        return Files.exists(layout.server("db/etcd/member")) || clusterInit
                || !join.isEmpty() && endpointFlag.isEmpty();
    }

    /// Whether this start joins an existing cluster for the first time.
    static boolean joins(SupervisorSettings settings, ServerLayout layout) {
        return !settings.server().isEmpty() && settings.datastoreEndpoint().isEmpty()
                && Files.notExists(layout.server("db/etcd/member"));
    }
}
