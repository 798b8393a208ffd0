package io.k3j.supervisor;

import java.nio.file.Files;
import java.util.Locale;

/// Which kind of datastore this server uses. Pure but for a look at the disk.
final class DatastoreKind {
    /// Embedded.
    static final String SQLITE = "sqlite";
    /// Managed by K3j.
    static final String ETCD = "etcd";

    private DatastoreKind() {
    }

    /// `sqlite`, `etcd` (managed), `mysql`, `postgres` or `external-etcd`. An etcd found on disk decides, as in K3s.
    static String of(String given, String join, boolean clusterInit, Layout layout) {
        if (managed(given, join, clusterInit, layout)) {
            return ETCD;
        }
        String endpoint = given.toLowerCase(Locale.ROOT);
        int colon = endpoint.indexOf("://");
        return switch (colon < 0 ? endpoint : endpoint.substring(0, colon)) {
            case "", SQLITE, "litestream" -> SQLITE;
            case "postgresql", "postgres" -> "postgres";
            case "http", "https" -> "external-etcd";
            default -> colon < 0 ? "mysql" : endpoint.substring(0, colon);
        };
    }

    /// Whether etcd is a child of this server.
    static boolean managed(Settings settings, Layout layout) {
        return managed(settings.datastoreEndpoint(), settings.server(),
                settings.clusterInit() || settings.clusterReset(), layout);
    }

    private static boolean managed(String given, String join, boolean clusterInit, Layout layout) {
        return Files.exists(layout.server("db/etcd/member")) || clusterInit || !join.isEmpty() && given.isEmpty();
    }

    /// Whether this start joins a cluster for the first time.
    static boolean joins(Settings settings, Layout layout) {
        return !settings.server().isEmpty() && settings.datastoreEndpoint().isEmpty()
                && Files.notExists(layout.server("db/etcd/member"));
    }
}
