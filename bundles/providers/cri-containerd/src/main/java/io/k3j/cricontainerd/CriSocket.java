package io.k3j.cricontainerd;

import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.RuntimeFault.Kind;
import io.k3j.streaming.GrpcConnection;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The connection to whoever listens at one unix socket of CRI. Connects on demand, also after a restart of that
/// program. For any thread; blocks while it connects.
final class CriSocket implements AutoCloseable {
    private final Path path;
    private final String listener;
    private @Nullable GrpcConnection connection;
    private boolean closed;

    /// Does not connect yet.
    /// @param listener who is to listen there, for messages
    CriSocket(Path path, String listener) {
        this.path = path;
        this.listener = listener;
    }

    /// The open connection.
    /// @throws RuntimeFault `UNAVAILABLE` when nobody listens, and after [#close]
    synchronized GrpcConnection connection() {
        GrpcConnection now = connection;
        if (closed) {
            throw new RuntimeFault(Kind.UNAVAILABLE, "stopped");
        }
        if (now != null && now.open()) {
            return now;
        }
        if (now != null) {
            now.close();
        }
        try {
            GrpcConnection fresh = new GrpcConnection(SocketChannel.open(UnixDomainSocketAddress.of(path)), "cri");
            connection = fresh;
            return fresh;
        } catch (IOException e) {
            throw new RuntimeFault(Kind.UNAVAILABLE, "no " + listener + " at " + path + ": " + e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (connection != null) {
            connection.close();
        }
    }
}
