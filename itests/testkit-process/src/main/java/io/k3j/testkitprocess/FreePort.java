package io.k3j.testkitprocess;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ThreadLocalRandom;

/// Ports for processes that are told where to listen. They lie below those that the kernel gives to outgoing
/// connections: one of those could take the port before the process listens, or while it is restarted; a client that
/// tries again and again to connect to it even does so itself. They lie below those of Services of type NodePort too.
///
/// All tests of a machine are given them one after the other, so that between two that are given the same one there are
/// all others: which is next is in a file that they lock.
public final class FreePort {
    private static final int FROM = 15_000;
    private static final int NODE_PORTS = 30_000;
    private static final int FEWEST = 1_000;
    private static final Path EPHEMERAL = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    /// The same for all tests, whatever directory for temporary files they have.
    private static final Path NEXT = Path.of("/tmp/k3j-next-port");
    private static final int DIGITS = 16;

    private FreePort() {
    }

    /// A port that nobody listens on now, at any address, and that nobody was given for long.
    /// @throws IllegalStateException when there is none
    public static int next() {
        try {
            return next(NEXT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A lock of a file is the process's: its threads take turns by that of the class.
    static synchronized int next(Path file) throws IOException {
        int to = to();
        try (FileChannel channel = opened(file)) {
            channel.lock();
            int port = read(channel);
            for (int tried = FROM; tried < to; tried++) {
                port = port < FROM || port + 1 >= to ? FROM : port + 1;
                if (free(port)) {
                    channel.truncate(0);
                    channel.write(ByteBuffer.wrap(Integer.toString(port).getBytes(StandardCharsets.US_ASCII)), 0);
                    return port;
                }
            }
        }
        throw new IllegalStateException("no free port between " + FROM + " and " + to);
    }

    private static int to() throws IOException {
        int ephemeral = Integer.parseInt(Files.readString(EPHEMERAL).strip().split("\\s+")[0]);
        return Math.max(FROM + FEWEST, Math.min(NODE_PORTS, ephemeral));
    }

    /// Everybody may write it. When it is there it is opened without `O_CREAT`, which the kernel refuses to others than
    /// its owner in a directory like `/tmp`.
    private static FileChannel opened(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException first) {
            try {
                Files.createFile(file);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
            } catch (FileAlreadyExistsException another) {
                // has made it at the same time
            }
            return opened(file);
        }
    }

    /// The one given last; one by chance when there is none.
    private static int read(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(DIGITS);
        channel.read(text, 0);
        String digits = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII);
        return digits.matches("\\d{1,5}") ? Integer.parseInt(digits)
                : ThreadLocalRandom.current().nextInt(FROM, FROM + FEWEST);
    }

    private static boolean free(int port) {
        try (ServerSocket _ = new ServerSocket(port, 1)) {
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
