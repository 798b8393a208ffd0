package io.k3j.kubeletdra;

import io.k3j.streaming.GrpcConnection;
import io.k3j.streaming.GrpcFailure;
import io.k3j.streaming.GrpcStatus;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/// The socket of a driver or its registrar. A connection for each call: drivers are restarted at any time. Any thread;
/// a call blocks for its limit at most, whatever the driver does.
///
/// @param path on this node
record DraSocket(Path path) {
    /// As gRPC's in Go.
    private static final int MOST_ANSWER_BYTES = 4 << 20;
    private static final byte[] NOTHING = {};

    /// One request, one answer.
    ///
    /// @param method `/package.Service/Method`
    /// @throws IOException when it is refused, late, too long, or nobody is there, in the words of Go's gRPC
    byte[] call(String method, byte[] request, Duration limit) throws IOException {
        try (GrpcConnection connection = new GrpcConnection(channel(), "dra", MOST_ANSWER_BYTES)) {
            return connection.call(method, request, limit);
        } catch (GrpcFailure e) {
            throw new IOException(GrpcStatus.told(e.code(), String.valueOf(e.getMessage())), e);
        }
    }

    /// Answers without end. Returns when the driver ends it.
    ///
    /// @param receiver told each answer, by a thread of the connection's; its exception ends the stream
    /// @throws IOException when nobody is there
    /// @throws GrpcFailure when it breaks; `CANCELLED` with the thread's interrupt
    void stream(String method, Consumer<byte[]> receiver) throws IOException {
        try (GrpcConnection connection = new GrpcConnection(channel(), "dra-health", MOST_ANSWER_BYTES)) {
            connection.stream(method, NOTHING, receiver);
        }
    }

    /// Does not wait where nobody takes connections: that would have no end.
    private SocketChannel channel() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            if (!channel.connect(UnixDomainSocketAddress.of(path))) {
                throw new IOException("cannot connect to " + path + ": it takes no connections");
            }
            channel.configureBlocking(true);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
