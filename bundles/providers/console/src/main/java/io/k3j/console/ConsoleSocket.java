package io.k3j.console;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/// The socket and its threads: one accepts, and one per command answers.
final class ConsoleSocket implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.console");
    private static final int MAX_CONCURRENT_COMMANDS = 4;
    private static final long RETRY_NANOS = 100_000_000;

    /// Limit for a client to send its command.
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(10);

    private final ServerSocketChannel server;
    private final SocketName name;
    private final Commands commands;
    private final ShellSessions shells;
    private final Duration commandTimeout;
    private final Predicate<UserPrincipal> authorized;
    private final Semaphore permits = new Semaphore(MAX_CONCURRENT_COMMANDS);
    private final SupervisedLoop accepting;

    /// How a command is served.
    private record Serving(Commands commands, Duration commandTimeout, Predicate<UserPrincipal> authorized) {
    }

    private ConsoleSocket(ServerSocketChannel server, SocketName name, Serving serving, Health health) {
        this.server = server;
        this.name = name;
        this.commands = serving.commands;
        this.shells = new ShellSessions(serving.commands.shell());
        this.commandTimeout = serving.commandTimeout;
        this.authorized = serving.authorized;
        accepting = SupervisedLoop.virtual(health, "console-accept", this::accept);
    }

    /// Replaces the socket of a predecessor, which keeps its open connections. Accepts commands of root and of
    /// the user of this process.
    static ConsoleSocket open(Path path, Commands commands, Health health) throws IOException {
        UserPrincipal root = path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("root");
        // a process owns its directory in /proc
        UserPrincipal self = Files.getOwner(Path.of("/proc/self"));
        return open(path, commands, COMMAND_TIMEOUT, user -> user.equals(root) || user.equals(self), health);
    }

    /// As above, with a timeout and a predicate for authorized users.
    static ConsoleSocket open(Path path, Commands commands, Duration commandTimeout,
            Predicate<UserPrincipal> authorized,
            Health health) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        SocketName name;
        try {
            name = SocketName.take(path, server);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        ConsoleSocket socket = new ConsoleSocket(server, name, new Serving(commands, commandTimeout, authorized),
                health);
        socket.accepting.start();
        return socket;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                permits.acquireUninterruptibly();
                Thread.ofVirtual().name("console-command").start(() -> serve(client));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "Console: {0}", e.getMessage());
                // without free descriptors the next accept would fail at once
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    private void serve(SocketChannel client) {
        // a session of the shell goes on without the permit of commands
        Runnable release = releaseOnce();
        try (client) {
            UnixDomainPrincipal caller = client.getOption(ExtendedSocketOptions.SO_PEERCRED);
            ClientLines lines = new ClientLines(client);
            // reads before it refuses: closing a socket with unread input resets it, and the answer would be
            // lost
            String line = Objects.requireNonNullElse(lines.next(commandTimeout), "");
            if (!authorized.test(caller.user())) {
                LOG.log(System.Logger.Level.WARNING, "Console connection refused user={0}", caller.user().getName());
                write(client, "!only root may use the console");
                write(client, "=1");
                return;
            }
            List<String> words = List.of(line.split("\t"));
            String user = caller.user().getName();
            if (ShellSessions.means(words)) {
                release.run();
                shells.serve(words, new ShellSessions.Client(user, client, lines, text -> write(client, text)));
                return;
            }
            write(client, "=" + commands.run(words, user, text -> write(client, text)));
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Console client gone", e);
        } finally {
            release.run();
        }
    }

    private Runnable releaseOnce() {
        AtomicBoolean held = new AtomicBoolean(true);
        return () -> {
            if (held.compareAndSet(true, false)) {
                permits.release();
            }
        };
    }

    private static void write(SocketChannel client, String line) {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                client.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        accepting.close();
        shells.close();
        try {
            name.giveBack();
            server.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Socket not closed", e);
        }
    }
}
