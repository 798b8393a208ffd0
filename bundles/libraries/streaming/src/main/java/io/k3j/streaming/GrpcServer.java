package io.k3j.streaming;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// gRPC calls of one request and one answer, on a unix socket of this node, which its owner alone may connect to.
///
/// ```
/// socket ── accepted, 64 at a time ──► connection ── 16 calls at a time ──► Service.answer, a virtual thread each
/// ```
///
/// **Threads.** One waits for connections, two serve each of them, one each call. Any thread may close it.
///
/// **Failure.** A client that says something else than HTTP/2, or too much, loses its connection or its call; nobody
/// else notices. Where there are too many, one that asks for nothing loses its connection to who comes.
public final class GrpcServer implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 64;
    /// After a connection that could not be taken, as without file descriptors.
    private static final long PAUSE_MILLIS = 100;
    private static final String MODE = "rw-------";
    private final Path socket;
    private final String name;
    private final Service service;
    private final int most;
    private final ServerSocketChannel listening;
    /// Of the socket's file: another one at its place has another.
    private final Object identity;
    private final Set<GrpcServerConnection> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    /// What answers calls. Any thread, several at a time; may block, for two minutes at most.
    @FunctionalInterface
    public interface Service {
        /// The answer.
        /// @param path `/package.Service/Method`
        /// @param request the message, without gRPC's head
        /// @throws GrpcFailure to refuse it, with these words
        byte[] answer(String path, byte[] request);
    }

    /// Listens at once, in place of what is there.
    /// @param socket in a directory that exists
    /// @param name for the names of its threads
    /// @param most bytes of a request; a longer one is refused as `RESOURCE_EXHAUSTED`
    /// @throws IOException when the directory may not be written, or the path is too long for a socket
    public GrpcServer(Path socket, String name, Service service, int most) throws IOException {
        this.socket = socket;
        this.name = name;
        this.service = service;
        this.most = most;
        Files.deleteIfExists(socket);
        listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listening.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(MODE));
            identity = identity();
        } catch (IOException | RuntimeException e) {
            listening.close();
            throw e;
        }
        Thread.ofVirtual().name(name + "-accept").start(this::accept);
    }

    private Object identity() throws IOException {
        return String.valueOf(
                Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey());
    }

    /// Whether its path still leads to it: its directory may be replaced, and files are deleted. Blocks for the disk.
    public boolean reachable() {
        try {
            return listening.isOpen() && identity.equals(identity());
        } catch (IOException e) {
            return false;
        }
    }

    /// Whatever ends it, the socket is not there as if somebody listened.
    private void accept() {
        try (listening) {
            while (listening.isOpen()) {
                accepted();
            }
        } catch (IOException e) {
            // closed, as it was to be
        }
    }

    private void accepted() throws ClosedChannelException {
        try {
            begin(listening.accept());
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            if (over()) {
                throw new ClosedChannelException();
            }
        }
    }

    private void begin(SocketChannel client) throws IOException {
        if (connections.size() >= MOST_CONNECTIONS
                && connections.stream().noneMatch(GrpcServerConnection::endIdle)) {
            client.close();
            return;
        }
        GrpcServerConnection connection = new GrpcServerConnection(client, name, service, most, connections::remove);
        connections.add(connection);
        connection.start();
        if (closed.getCount() == 0) {
            connection.close();
        }
    }

    private boolean over() {
        try {
            return closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// Ends all connections, and the socket's file unless another is at its place. Waits two seconds for each
    /// connection at most.
    @Override
    public void close() {
        boolean own = reachable();
        closed.countDown();
        try {
            listening.close();
            if (own) {
                Files.deleteIfExists(socket);
            }
        } catch (IOException e) {
            // whoever comes next replaces it
        }
        Set.copyOf(connections).forEach(GrpcServerConnection::close);
    }
}
