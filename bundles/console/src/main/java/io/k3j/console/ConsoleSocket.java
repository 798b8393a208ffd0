package io.k3j.console;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/// The socket and its threads: one accepts, one per command answers.
final class ConsoleSocket implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.console");
    private static final int MAX_COMMANDS_AT_ONCE = 4;
    private static final int MAX_COMMAND_CHARS = 8192;
    private static final long AGAIN_NANOS = 100_000_000;

    /// How long a client may take to say its command.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ServerSocketChannel server;
    private final Commands commands;
    private final Duration patience;
    private final Predicate<UserPrincipal> welcome;
    private final Semaphore places = new Semaphore(MAX_COMMANDS_AT_ONCE);
    private final SupervisedLoop accepting;

    private ConsoleSocket(ServerSocketChannel server, Commands commands, Duration patience,
            Predicate<UserPrincipal> welcome, Health health) {
        this.server = server;
        this.commands = commands;
        this.patience = patience;
        this.welcome = welcome;
        accepting = SupervisedLoop.virtual(health, "console-accept", this::accept);
    }

    /// Takes over the path from a predecessor, which goes on with the connections it has. Obeys root, and the user
    /// this process runs as.
    static ConsoleSocket open(Path path, Commands commands, Health health) throws IOException {
        UserPrincipal root = path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("root");
        // a process owns what the kernel shows of it
        UserPrincipal self = Files.getOwner(Path.of("/proc/self"));
        return open(path, commands, PATIENCE, user -> user.equals(root) || user.equals(self), health);
    }

    /// The same with a patience and a rule whom to obey.
    static ConsoleSocket open(Path path, Commands commands, Duration patience, Predicate<UserPrincipal> welcome,
            Health health) throws IOException {
        Files.createDirectories(path.getParent());
        Path fresh = path.resolveSibling("console.new");
        Files.deleteIfExists(fresh);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(fresh));
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        ConsoleSocket socket = new ConsoleSocket(server, commands, patience, welcome, health);
        socket.accepting.start();
        return socket;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                places.acquireUninterruptibly();
                Thread.ofVirtual().name("console-command").start(() -> serve(client));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "console: {0}", e.getMessage());
                // for want of a descriptor it would fail again at once
                LockSupport.parkNanos(AGAIN_NANOS);
            }
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            UnixDomainPrincipal caller = client.getOption(ExtendedSocketOptions.SO_PEERCRED);
            // read first: a socket closed with something unread is reset, and the answer lost
            String line = lineInTime(client);
            if (!welcome.test(caller.user())) {
                LOG.log(System.Logger.Level.WARNING, "console refused user={0}", caller.user().getName());
                write(client, "!only root may use the console");
                write(client, "=1");
                return;
            }
            List<String> words = List.of(line.split("\t"));
            int code = commands.run(words, caller.user().getName(), text -> write(client, text));
            write(client, "=" + code);
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.DEBUG, "console client gone", e);
        } finally {
            places.release();
        }
    }

    /// The command; whoever does not say one in time is hung up on, since others may be waiting for the place.
    private String lineInTime(SocketChannel client) throws IOException {
        CountDownLatch said = new CountDownLatch(1);
        Thread.ofVirtual().name("console-patience").start(() -> {
            try {
                if (!said.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    client.close();
                }
            } catch (InterruptedException | IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "console client not closed", e);
            }
        });
        try {
            return line(client);
        } finally {
            said.countDown();
        }
    }

    private static String line(SocketChannel client) throws IOException {
        BufferedReader reader = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
        StringBuilder line = new StringBuilder();
        for (int c = reader.read(); c >= 0 && c != '\n'; c = reader.read()) {
            if (line.length() == MAX_COMMAND_CHARS) {
                throw new IOException("command too long");
            }
            line.append((char) c);
        }
        return line.toString();
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
        try {
            server.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "socket not closed", e);
        }
    }
}
