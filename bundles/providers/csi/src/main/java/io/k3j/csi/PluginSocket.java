package io.k3j.csi;

import io.k3j.streaming.GrpcConnection;
import io.k3j.streaming.GrpcFailure;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/// The socket of a plug-in, by which it is called. A connection for each call, as upstream: plug-ins are restarted at
/// any time. Any thread; a call blocks for its limit at most, whatever the plug-in does.
///
/// @param path on this node
record PluginSocket(Path path) {
    /// As gRPC's in Go.
    private static final int MOST_ANSWER_BYTES = 4 << 20;

    /// One request, one answer.
    ///
    /// @param method `/package.Service/Method`
    /// @throws CsiFault when it is refused, late, too long, or nobody is there
    byte[] call(String method, byte[] request, Duration limit) throws CsiFault {
        try (GrpcConnection connection = new GrpcConnection(channel(), "csi", MOST_ANSWER_BYTES)) {
            return connection.call(method, request, limit);
        } catch (GrpcFailure e) {
            throw new CsiFault(e);
        } catch (IOException e) {
            throw new CsiFault(
                    new GrpcFailure(GrpcFailure.UNAVAILABLE, "cannot connect to " + path + ": " + e.getMessage()));
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
