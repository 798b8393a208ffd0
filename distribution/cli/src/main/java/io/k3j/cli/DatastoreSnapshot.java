package io.k3j.cli;

import io.k3j.cli.upgrade.Snapshot;
import io.k3j.cli.upgrade.UpgradeProblem;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.durablefiles.DurableFiles;
import io.k3j.launcher.Home;
import io.k3j.launcher.Server;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/// The datastore of this machine's server, saved before an upgrade: etcd by `k3s etcd-snapshot save`, SQLite by a
/// copy that SQLite makes while the server runs. What others run, others save.
final class DatastoreSnapshot implements Snapshot {
    /// Known by its name only, as the drivers are.
    private static final String SQLITE = "io.k3j.datastoresqlite.SqliteCopy";
    private static final String FRESH = ".new";
    /// Copies that stay, the newest ones.
    private static final int KEPT = 3;
    private final Path dataDir;
    private final Path database;
    private final Host host;
    private final PrintStream out;
    private final Copy copy;

    /// Copies a database that may be written meanwhile.
    interface Copy {
        void make(Path from, Path to) throws IOException;
    }

    /// @param copy of SQLite
    DatastoreSnapshot(Path dataDir, Host host, PrintStream out, Copy copy) {
        this.dataDir = dataDir;
        this.database = dataDir.resolve("server/db/state.db");
        this.host = host;
        this.out = out;
        this.copy = copy;
    }

    static DatastoreSnapshot of(Path dataDir, Host host, PrintStream out) {
        return new DatastoreSnapshot(dataDir, host, out, (from, to) -> sqliteCopy().accept(from, to));
    }

    private boolean etcd() {
        return Files.isDirectory(dataDir.resolve("server/db/etcd"));
    }

    private boolean sqlite() {
        return !etcd() && Files.isRegularFile(database);
    }

    private Path copies() {
        return dataDir.resolve("server/db/upgrade");
    }

    @Override
    public String plan() {
        if (etcd()) {
            return Server.runsIn(dataDir) ? "k3s etcd-snapshot save" : "none: etcd does not run";
        }
        return sqlite() ? "a copy of SQLite in " + copies()
                : "none: " + dataDir + " holds no datastore; an external one is saved where it runs";
    }

    @Override
    public long bytes() {
        try {
            // what was written last lies beside the database, up to all of it
            Path log = database.resolveSibling("state.db-wal");
            return sqlite() ? Files.size(database) + (Files.exists(log) ? Files.size(log) : 0) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public void take(String name) {
        try {
            if (etcd() && Server.runsIn(dataDir)) {
                EtcdSnapshotCommand.run(List.of("save", "--name", name, "--data-dir", dataDir.toString()), host);
            } else if (sqlite()) {
                copy(copies().resolve("state.db-" + name));
            }
        } catch (UsageFailure | DatastoreUnavailable | IOException e) {
            throw new UpgradeProblem("the datastore was not saved: " + e.getMessage()
                    + "; mend that, or upgrade without by --no-snapshot", e);
        }
    }

    private void copy(Path to) throws IOException {
        DurableFiles.directories(copies(), "rwx------");
        Path fresh = copies().resolve(FRESH);
        try {
            Files.deleteIfExists(fresh);
            copy.make(database, fresh);
            DurableFiles.move(fresh, to);
        } finally {
            Files.deleteIfExists(fresh);
        }
        forget();
        out.println("Datastore saved to " + to);
    }

    /// Those of before stay: the copy that a rollback makes may be of what the new release has spoilt.
    private void forget() throws IOException {
        try (Stream<Path> all = Files.list(copies())) {
            for (Path old : all.sorted(Comparator.comparing(DatastoreSnapshot::written).reversed()).skip(KEPT)
                    .toList()) {
                Files.deleteIfExists(old);
            }
        }
    }

    private static FileTime written(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException gone) {
            return FileTime.fromMillis(0);
        }
    }

    @SuppressWarnings("unchecked")
    private static BiConsumer<Path, Path> sqliteCopy() throws IOException {
        try {
            return (BiConsumer<Path, Path>) Home.find().classes().loadClass(SQLITE).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IOException("this release has no " + SQLITE, e);
        }
    }
}
