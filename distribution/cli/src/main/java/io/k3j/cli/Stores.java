package io.k3j.cli;

import io.k3j.datastoreapi.StoreOpener;
import io.k3j.datastoreapi.StoreRunner;
import io.k3j.launcher.Home;
import io.k3j.launcher.Server;
import io.k3j.launcher.log.JulConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Stores as `k3s datastore copy` names them. Drivers are known by the names of their classes only.
final class Stores {
    static final String FORMS = "sqlite[://DATA-DIR], etcd[://DATA-DIR] (of a stopped server), mysql://…, postgres://…,"
            + " http://… or https://… (etcd)";
    private static final String MANAGED = "etcd";
    private static final String SQLITE = "sqlite";
    private static final String EXTERNAL = "external-etcd";
    private static final Map<String, String> OPENERS = Map.of(SQLITE, "io.k3j.datastoresqlite.SqliteOpener", "mysql",
            "io.k3j.datastoremysql.MysqlOpener", "postgres", "io.k3j.datastorepostgres.PostgresOpener", EXTERNAL,
            "io.k3j.datastoreetcd.EtcdOpener", MANAGED, "io.k3j.datastoreetcd.EtcdOpener");

    private Stores() {
    }

    /// One side of a copy.
    ///
    /// @param kind as servers agree on it
    record Side(String kind, StoreOpener.Place place, StoreRunner.Server server) {
        /// Reads `--from` or `--to`.
        static Side of(String text, List<String> files, StoreRunner.Server here) {
            int colon = text.indexOf("://");
            String scheme = (colon < 0 ? text : text.substring(0, colon)).toLowerCase(Locale.ROOT);
            String rest = colon < 0 ? "" : text.substring(colon + 3);
            Path dataDir = rest.isEmpty() ? here.dataDir() : Path.of(rest).toAbsolutePath();
            String kind = switch (scheme) {
                case SQLITE, MANAGED, "mysql", "postgres" -> scheme;
                case "postgresql" -> "postgres";
                case "http", "https" -> EXTERNAL;
                default -> throw new UsageFailure("'" + scheme + "' is no store; use " + FORMS);
            };
            boolean embedded = kind.equals(SQLITE) || kind.equals(MANAGED);
            return new Side(kind, new StoreOpener.Place(embedded ? "" : text, embedded ? dataDir : here.dataDir(),
                    files), new StoreRunner.Server(dataDir, here.nodeName(), here.nodeIp()));
        }

        /// Whether it belongs to a server of this machine.
        boolean embedded() {
            return place.endpoint().isEmpty();
        }
    }

    /// A side in use.
    static final class Open implements AutoCloseable {
        private final StoreOpener.Opened opened;
        private final StoreRunner.@Nullable Running running;
        private boolean closed;

        private Open(StoreOpener.Opened opened, StoreRunner.@Nullable Running running) {
            this.opened = opened;
            this.running = running;
        }

        io.k3j.datastoreapi.Datastore datastore() {
            return opened.datastore();
        }

        /// Makes what was written stay.
        void keep() throws IOException {
            letGo();
            if (running != null) {
                running.keep();
            }
        }

        private void letGo() {
            if (!closed) {
                closed = true;
                opened.close();
            }
        }

        @Override
        public void close() throws IOException {
            letGo();
            if (running != null) {
                running.close();
            }
        }
    }

    /// What keeps a server from starting with the embedded store of this data directory, as its driver sees it. One
    /// that another server uses is left to that.
    static Optional<String> problem(Path dataDir) {
        return Server.runsIn(dataDir) ? Optional.empty()
                : made(StoreOpener.class, Objects.requireNonNull(OPENERS.get(SQLITE)))
                        .problem(new StoreOpener.Place("", dataDir, List.of()));
    }

    /// Opens a side; `target` may be made.
    static Open open(Side side, boolean target) throws IOException, InterruptedException {
        if (side.embedded() && Server.runsIn(side.place().dataDir())) {
            throw new UsageFailure("a server runs in " + side.place().dataDir() + "; stop it first");
        }
        if (!target && side.kind().equals(SQLITE)
                && !Files.exists(side.place().dataDir().resolve("server/db/state.db"))) {
            throw new UsageFailure("there is no SQLite datastore in " + side.place().dataDir());
        }
        StoreOpener opener = made(StoreOpener.class, Objects.requireNonNull(OPENERS.get(side.kind())));
        if (!side.kind().equals(MANAGED)) {
            return new Open(opener.open(side.place()), null);
        }
        StoreRunner.Running running = made(StoreRunner.class, "io.k3j.etcdmember.EtcdRunner").run(side.server(),
                target);
        try {
            return new Open(opener.open(running.place()), running);
        } catch (RuntimeException e) {
            running.close();
            throw e;
        }
    }

    private static <T> T made(Class<T> type, String name) {
        try {
            return type.cast(Class.forName(name, true, Drivers.CLASSES).getConstructor().newInstance());
        } catch (ReflectiveOperationException e) {
            throw new UsageFailure("this distribution lacks " + name + ": " + e);
        }
    }

    /// The classes of drivers, of which some are not on the class path, and what their libraries log.
    private static final class Drivers {
        static final ClassLoader CLASSES = classes();

        private static ClassLoader classes() {
            System.setProperty("java.util.logging.config.class", JulConfiguration.class.getName());
            try {
                return Home.find().classes();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the distribution", e);
            }
        }
    }
}
