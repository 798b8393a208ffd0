package io.k3j.testkitcsi;

import io.k3j.model.Struct;
import io.k3j.streaming.GrpcConnection;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/// Calls of a driver, as the sidecars of its controller make them. Any thread; blocks for a minute at most.
///
/// @param socket on which it listens
public record CsiClient(Path socket) {
    private static final ProtoMessages CSI = new ProtoMessages(ProtoFile.of("csi.proto"));
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int MOST_BYTES = 4 << 20;

    /// One request, one answer, with the names of the released file.
    ///
    /// @param service of `csi.v1`
    /// @throws IOException when nobody listens
    /// @throws io.k3j.streaming.GrpcFailure when the driver refuses or does not answer
    public Struct call(String service, String method, Struct request) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        try (GrpcConnection connection = new GrpcConnection(channel, "sidecar", MOST_BYTES)) {
            return CSI.read(method + "Response", connection.call("/csi.v1." + service + "/" + method,
                    CSI.write(method + "Request", request), LIMIT));
        }
    }
}
