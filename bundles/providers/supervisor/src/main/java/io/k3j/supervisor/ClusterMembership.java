package io.k3j.supervisor;

import io.k3j.clusteragreement.AgreedRecord;
import io.k3j.clusteragreement.Agreement;
import io.k3j.clusteragreement.BootstrapData;
import io.k3j.clusteragreement.BootstrapFiles;
import io.k3j.clusteragreement.Parity;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.datastoreapi.Datastore;
import io.k3j.model.Struct;
import io.k3j.pki.BootstrapSeal;
import io.k3j.pki.PemFiles;
import io.k3j.servercredentials.JoinTokens;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.SupervisorSettings;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Decides whether this server belongs to the cluster of its datastore, and reconciles the two. Writes nothing,
/// neither to disk nor to the datastore, before every check that can refuse the server has passed.
final class ClusterMembership {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// Seconds to wait for another server that holds the bootstrap lock, as in K3s.
    private static final int LOCK_ATTEMPTS = 25;

    private final ServerLayout layout;
    private final SupervisorSettings settings;
    private final Parity parity;
    private final RandomGenerator random;
    private final Pause pause;
    private final NodeName name;
    private Optional<AgreedRecord> unwritten = Optional.empty();
    private boolean reset;
    /// Revision of the bootstrap lock this server holds, 0 without one.
    private long lock;

    /// Waits between two attempts.
    interface Pause {
        /// @return false when the server is stopping and the caller must give up
        boolean next(long amount, TimeUnit unit) throws InterruptedException;
    }

    ClusterMembership(ServerLayout layout, SupervisorSettings settings, Parity parity, RandomGenerator random,
            Pause pause) {
        this.layout = layout;
        this.settings = settings;
        this.parity = parity;
        this.random = random;
        this.pause = pause;
        this.name = new NodeName(layout, settings, pause, random);
    }

    /// Whether this server was admitted with the same flags and the same name before and has its authorities on
    /// disk, so that it can start without the datastore.
    boolean known() throws IOException {
        Optional<String> last = PemFiles.read(agreedConfigFile());
        try {
            return last.isPresent() && hasAuthorities() && name.proven()
                    && Agreement.of(Json.object(last.get().getBytes(StandardCharsets.UTF_8)))
                            .equals(parity.mine().agreement());
        } catch (MalformedInput damaged) {
            return false;
        }
    }

    /// Whether the private keys of the server and client authorities are on disk.
    boolean hasAuthorities() {
        return Stream.of("server-ca.key", "client-ca.key").allMatch(name -> Files.exists(layout.tls(name)));
    }

    /// Whether this server was ever admitted, with whatever flags.
    boolean member() {
        return Files.exists(agreedConfigFile());
    }

    private Path agreedConfigFile() {
        return layout.cred("agreed-config.json");
    }

    /// Compares this server with the datastore and updates its files from the bootstrap record. Blocks while
    /// another server creates the cluster.
    /// @return whether files were written, so that credentials loaded earlier are stale
    /// @throws IOException when this server is refused; nothing was written then
    boolean admit(Datastore datastore) throws IOException {
        String known = new JoinTokens(layout, settings).knownPassword().orElse("");
        String password = password(datastore, known);
        BootstrapData bootstrap = new BootstrapData(datastore, password, random);
        Optional<Struct> record = bootstrap.read();
        if (record.isEmpty() && datastore.shared() && !password.isEmpty()) {
            record = acquireLock(bootstrap);
        }
        if (record.isEmpty()) {
            return false;
        }
        unwritten = parity.check(datastore, password);
        name.check(datastore, record.get());
        if (parity.mine().reset() && !reset) {
            reset = true;
            backUpTls();
        }
        boolean other = !password.equals(known);
        if (other) {
            LOG.log(Level.WARNING,
                    "The password in " + layout.cred("passwd") + " opens nothing of this cluster, that of "
                            + layout.server("token") + " does; it is used again");
            Files.deleteIfExists(layout.cred("passwd"));
        }
        return new BootstrapFiles(layout).write(record.get(), parity.mine().reset()) || other;
    }

    /// The known password, or that of `server/token` where only that one has a record: a start with a wrong `--token`,
    /// and in earlier releases a rotation that was cut off, leave a password in `cred/passwd` that opens nothing.
    private String password(Datastore datastore, String known) throws IOException {
        Optional<String> shown = shown();
        return shown.isPresent() && !shown.get().equals(known) && !recorded(datastore, known)
                && recorded(datastore, shown.get()) ? shown.get() : known;
    }

    /// A file that holds no token shows no password; it is written anew once the datastore has admitted this server.
    private Optional<String> shown() throws IOException {
        try {
            return new JoinTokens(layout, settings).shownPassword();
        } catch (IllegalArgumentException damaged) {
            LOG.log(Level.DEBUG, "Passed over path=" + layout.server("token"), damaged);
            return Optional.empty();
        }
    }

    private static boolean recorded(Datastore datastore, String password) {
        return !password.isEmpty() && datastore.get(BootstrapSeal.key(password))
                .filter(record -> record.value().length > 0).isPresent();
    }

    /// There is no record yet: this server acquires the lock to create it, or waits for the server that holds
    /// the lock.
    private Optional<Struct> acquireLock(BootstrapData bootstrap) throws IOException {
        lock = bootstrap.lock();
        for (int attempt = 0; lock == 0; attempt++) {
            Optional<Struct> record = bootstrap.read();
            if (record.isPresent()) {
                return record;
            }
            if (attempt == LOCK_ATTEMPTS) {
                LOG.log(Level.WARNING, "Taking over the bootstrap lock of a server that did not finish");
                bootstrap.steal();
            }
            await();
            lock = bootstrap.lock();
        }
        return Optional.empty();
    }

    private void await() throws IOException {
        try {
            if (!pause.next(1, TimeUnit.SECONDS)) {
                throw new IOException("stopped while another server makes the cluster");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", interrupted);
        }
    }

    private void backUpTls() throws IOException {
        Path tls = layout.server("tls");
        if (Files.isDirectory(tls)) {
            Path kept = layout.server("tls-" + parity.now().getEpochSecond());
            try (Stream<Path> files = Files.walk(tls)) {
                for (Path file : files.toList()) {
                    Files.copy(file, kept.resolve(tls.relativize(file).toString()));
                }
            }
        }
    }

    /// Writes the records once the credentials are complete: the agreed configuration first, the bootstrap
    /// record last, because its presence tells other servers that both exist. A server whose lock was taken
    /// over meanwhile writes no record; it adopts the one of the server that took the lock.
    /// @return false when it adopted another record: the caller then remakes what the old authorities signed
    ///        and calls this again
    boolean complete(Datastore datastore) throws IOException {
        String password = new JoinTokens(layout, settings).knownPassword()
                .orElseThrow(() -> new IOException("no server token"));
        BootstrapData bootstrap = new BootstrapData(datastore, password, random);
        Optional<Struct> record = bootstrap.read();
        if (unwritten.isEmpty()) {
            unwritten = parity.check(datastore, password);
        }
        parity.settle(datastore, password, unwritten);
        unwritten = Optional.empty();
        BootstrapFiles files = new BootstrapFiles(layout);
        if (!bootstrap.save(files.read(record), lock)) {
            LOG.log(Level.WARNING, "Another server has taken the bootstrap lock; joining its cluster");
            Optional<Struct> other = acquireLock(bootstrap);
            if (other.isPresent()) {
                files.write(other.get(), true);
            }
            return false;
        }
        lock = 0;
        saveAgreedConfig();
        return true;
    }

    private void saveAgreedConfig() throws IOException {
        String text = Json.text(parity.mine().agreement().json()) + "\n";
        if (!PemFiles.read(agreedConfigFile()).equals(Optional.of(text))) {
            PemFiles.write(agreedConfigFile(), text, PemFiles.SECRET);
        }
    }

    /// Whether no record can exist yet: the datastore is embedded and was never opened.
    static boolean fresh(ServerLayout layout, BooleanSupplier external) {
        return !external.getAsBoolean() && Files.notExists(layout.server("db/state.db"))
                && Files.notExists(layout.server("db/etcd"));
    }
}
