package io.k3j.kubeletdevices;

import io.k3j.streaming.GrpcConnection;
import io.k3j.streaming.GrpcFailure;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/// The socket of a plug-in. A connection for each call: plug-ins are restarted at any time. Any thread; a call blocks
/// for its limit at most, whatever the plug-in does.
///
/// @param path on this node
record DeviceSocket(Path path) {
    /// As gRPC's in Go.
    private static final int MOST_ANSWER_BYTES = 4 << 20;
    private static final byte[] NOTHING = {};

    /// One request, one answer.
    ///
    /// @param method `/package.Service/Method`
    /// @throws GrpcFailure when it is refused, late, too long, or nobody is there; `CANCELLED` with the thread's
    ///     interrupt
    byte[] call(String method, byte[] request, Duration limit) {
        try (GrpcConnection connection = connect()) {
            return connection.call(method, request, limit);
        }
    }

    /// Answers without end. Returns when the plug-in ends it.
    ///
    /// @param receiver told each answer, by a thread of the connection's; its exception ends the stream
    /// @throws GrpcFailure when it breaks; `CANCELLED` with the thread's interrupt
    void stream(String method, Consumer<byte[]> receiver) {
        try (GrpcConnection connection = connect()) {
            connection.stream(method, NOTHING, receiver);
        }
    }

    private GrpcConnection connect() {
        try {
            return new GrpcConnection(channel(), "device-plugin", MOST_ANSWER_BYTES);
        } catch (IOException e) {
            throw new GrpcFailure(GrpcFailure.UNAVAILABLE, "cannot connect to " + path + ": " + e.getMessage());
        }
    }

    /// Does not wait where the plug-in takes no connections: that would have no end.
    private SocketChannel channel() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            if (!channel.connect(UnixDomainSocketAddress.of(path))) {
                throw new IOException("it takes no connections");
            }
            channel.configureBlocking(true);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
