package io.k3j.testkitdatabases;

import io.k3j.testkitbase.Deletion;
import io.k3j.testkitbase.Teardown;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A real database server of the test's own: fresh directory, a free port on 127.0.0.1, user `k3s`, password
/// `secret`. It runs as the engine's own user when the test is root, since PostgreSQL refuses root.
public abstract class DatabaseServer implements AutoCloseable {
    /// What logs in.
    public static final String USER = "k3s";
    /// With this.
    public static final String PASSWORD = "s3cr/et@:#";
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ROOM = 4L << 30;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Duration RUN_LIMIT = Duration.ofMinutes(5);
    private final Path directory;
    private final String account;
    private final int port;
    private @Nullable ChildProcess process;

    /// Prepares a directory for an engine whose account has that name.
    protected DatabaseServer(String account) {
        this.account = account;
        try {
            port = FreePort.next();
            directory = Files.createTempDirectory(disk(), "k3j-" + account + "-");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (root()) {
            run(List.of("chown", account, directory.toString()));
        }
    }

    /// Memory where there is room: what these servers keep outlives their processes, and no test takes their power.
    /// The long suites wait for a disk, as what they measure does.
    private static Path disk() throws IOException {
        boolean room = !Boolean.getBoolean("k3j.full") && Files.isWritable(MEMORY)
                && Files.getFileStore(MEMORY).getUsableSpace() > ROOM;
        return room ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private ChildProcess running() {
        return Objects.requireNonNull(process, "not started");
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    /// Where its data, socket and log are.
    public final Path directory() {
        return directory;
    }

    /// Its port on 127.0.0.1.
    public final int port() {
        return port;
    }

    /// The endpoint of one of its databases, as `--datastore-endpoint` takes it.
    public final String endpoint(String database) {
        return endpoint(port, database);
    }

    /// The same by way of another port, of a proxy say.
    public abstract String endpoint(int port, String database);

    /// The command that serves in the foreground.
    protected abstract List<String> command();

    /// The words of a client of the server's administrator in a database.
    protected abstract List<String> client(String database);

    /// Runs statements on the server, as its administrator.
    public abstract String sql(String database, String statements);

    /// A session of the administrator in a database that runs statements, each ended by `;`, and then stays until it is
    /// closed.
    public final ChildProcess session(String database, String statements) {
        try {
            ChildProcess session = Launch.of(client(database)).interactive().appending(directory.resolve("sessions"))
                    .gracePeriod(Duration.ZERO).start();
            session.writer().append(statements).append('\n').flush();
            return session;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Refuses or allows writing, also to sessions that are open.
    public abstract void readOnly(boolean only);

    /// Ends every session of the user and has no connection left for new ones; or has some again.
    public abstract void refuseConnections(boolean refuse);

    /// Starts it and waits until it takes connections.
    public final void start() {
        try {
            process = Launch.of(as(command())).appending(directory.resolve("log")).gracePeriod(Duration.ZERO).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long start = System.nanoTime();
        while (!ready()) {
            if (!running().running() || System.nanoTime() - start > Waiting.LIMIT.toNanos()) {
                throw running().failure("not started");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// Whether it answers.
    protected abstract boolean ready();

    /// Whether somebody listens on the port.
    protected final boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// A command as the engine's account.
    protected final List<String> as(List<String> command) {
        List<String> whole = new ArrayList<>();
        if (root()) {
            whole.addAll(List.of("setpriv", "--reuid=" + account, "--regid=" + account, "--clear-groups"));
        }
        whole.addAll(command);
        return whole;
    }

    /// Runs a command to its end; its output.
    protected final String run(List<String> command) {
        try {
            Outcome outcome = Launch.of(command).directory(directory).run(RUN_LIMIT);
            if (outcome.code() != 0) {
                throw new IllegalStateException(command + ": " + outcome.text());
            }
            return outcome.text().strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// `kill -9` of the server and everything it has started.
    public final void kill() {
        // stopped, it starts no more processes while those it has are listed
        run(List.of("sh", "-c", "kill -STOP " + running().pid() + " || true"));
        List<ProcessHandle> started = running().descendants().toList();
        signal("-KILL");
        running().close();
        // PostgreSQL does not start beside a process that still holds its shared memory
        started.forEach(DatabaseServer::await);
    }

    /// `SIGSTOP` (`-STOP`), `SIGCONT` (`-CONT`) … to every process of it.
    public final void signal(String signal) {
        // a process of a connection may be gone before it is reached
        StringBuilder command = new StringBuilder("for p in");
        running().tree().forEach(handle -> command.append(' ').append(handle.pid()));
        run(List.of("sh", "-c", command + "; do kill " + signal + " $p || true; done"));
    }

    /// CPU time of the server and of what serves its present connections.
    public final long cpuNanos() {
        return running().tree()
                .mapToLong(handle -> handle.info().totalCpuDuration().map(Duration::toNanos).orElse(0L)).sum();
    }

    private static void await(ProcessHandle started) {
        try {
            started.onExit().get(Waiting.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("process " + started.pid() + " outlives its server", e);
        }
    }

    /// Stops it at once and removes its directory.
    @Override
    public final void close() {
        Teardown.of("database in " + directory, () -> {
            if (process != null && process.running()) {
                kill();
            }
        }, () -> Deletion.of(directory));
    }
}
