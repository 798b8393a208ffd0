package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.datastoreapi.Datastore;
import io.k3j.model.Struct;
import io.k3j.pki.PemFiles;
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

/// Whether this server belongs to the cluster its datastore holds, and what has to be brought together first.
/// Nothing is written anywhere, on disk or in the datastore, before everything that could be refused has been looked
/// at.
final class Cluster {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// As long as K3s waits for another server that is making the record.
    private static final int LOCK_LOOKS = 25;

    private final Layout layout;
    private final Settings settings;
    private final Parity parity;
    private final RandomGenerator random;
    private final Pause pause;
    private final NodeName name;
    private Optional<AgreedRecord> unwritten = Optional.empty();
    private boolean reset;
    /// The revision of the bootstrap lock this server has taken, 0 without one.
    private long lock;

    /// Waits a while; says whether to go on.
    interface Pause {
        /// @return false when the server is stopping
        boolean next(long amount, TimeUnit unit) throws InterruptedException;
    }

    Cluster(Layout layout, Settings settings, Parity parity, RandomGenerator random, Pause pause) {
        this.layout = layout;
        this.settings = settings;
        this.parity = parity;
        this.random = random;
        this.pause = pause;
        this.name = new NodeName(layout, settings, pause, random);
    }

    /// Whether this server was admitted with these very values and this name before and has what it needs on disk, so
    /// that it need not wait for the datastore to begin.
    boolean known() throws IOException {
        Optional<String> last = PemFiles.read(remembered());
        try {
            return last.isPresent() && hasAuthorities() && name.proven()
                    && Agreement.of(Json.object(last.get().getBytes(StandardCharsets.UTF_8)))
                            .equals(parity.mine().agreement());
        } catch (MalformedInput damaged) {
            return false;
        }
    }

    /// Whether the authorities lie on disk.
    boolean hasAuthorities() {
        return Stream.of("server-ca.key", "client-ca.key").allMatch(name -> Files.exists(layout.tls(name)));
    }

    /// Whether this server was admitted at some earlier start, with whatever values.
    boolean member() {
        return Files.exists(remembered());
    }

    private Path remembered() {
        return layout.cred("agreed-config.json");
    }

    /// Compares this server with the datastore and brings its disk up to it. Blocks while another server makes the
    /// cluster.
    /// @return whether files were written, so that credentials read before are stale
    /// @throws IOException when it is refused; then nothing was written
    boolean admit(Datastore datastore) throws IOException {
        String password = new Tokens(layout, settings).knownPassword().orElse("");
        Bootstrap bootstrap = new Bootstrap(datastore, password, random);
        Optional<Struct> record = bootstrap.read();
        if (record.isEmpty() && datastore.shared() && !password.isEmpty()) {
            record = begin(bootstrap);
        }
        if (record.isEmpty()) {
            return false;
        }
        unwritten = parity.check(datastore, password);
        name.check(datastore, record.get());
        if (parity.mine().reset() && !reset) {
            reset = true;
            keepOld();
        }
        return new BootstrapFiles(layout).write(record.get(), parity.mine().reset());
    }

    /// No record: this server makes it, unless another one is doing so.
    private Optional<Struct> begin(Bootstrap bootstrap) throws IOException {
        lock = bootstrap.lock();
        for (int look = 0; lock == 0; look++) {
            Optional<Struct> record = bootstrap.read();
            if (record.isPresent()) {
                return record;
            }
            if (look == LOCK_LOOKS) {
                LOG.log(Level.WARNING, "Takes over the bootstrap lock of a server that did not finish");
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
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", stopped);
        }
    }

    private void keepOld() throws IOException {
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

    /// Writes the records from the complete credentials: first what is agreed, then the bootstrap record, whose
    /// presence says that both are there. A server that was so slow that another one took its lock away writes no
    /// record: it waits for the other's and takes that over.
    /// @return false when it did so: what was made from other authorities is to be made anew, then this is asked again
    boolean complete(Datastore datastore) throws IOException {
        String password = new Tokens(layout, settings).knownPassword()
                .orElseThrow(() -> new IOException("no server token"));
        Bootstrap bootstrap = new Bootstrap(datastore, password, random);
        Optional<Struct> record = bootstrap.read();
        if (unwritten.isEmpty()) {
            unwritten = parity.check(datastore, password);
        }
        parity.settle(datastore, password, unwritten);
        unwritten = Optional.empty();
        BootstrapFiles files = new BootstrapFiles(layout);
        if (!bootstrap.save(files.read(record), lock)) {
            LOG.log(Level.WARNING, "Another server has taken over the bootstrap lock: takes over its cluster");
            Optional<Struct> others = begin(bootstrap);
            if (others.isPresent()) {
                files.write(others.get(), true);
            }
            return false;
        }
        lock = 0;
        remember();
        return true;
    }

    private void remember() throws IOException {
        String text = Json.text(parity.mine().agreement().json()) + "\n";
        if (!PemFiles.read(remembered()).equals(Optional.of(text))) {
            PemFiles.write(remembered(), text, PemFiles.SECRET);
        }
    }

    /// Whether there can be no datastore with a record yet: an embedded one that was never opened.
    static boolean fresh(Layout layout, BooleanSupplier external) {
        return !external.getAsBoolean() && Files.notExists(layout.server("db/state.db"))
                && Files.notExists(layout.server("db/etcd"));
    }
}
