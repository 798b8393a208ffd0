package io.k3j.probes;

import io.k3j.streaming.GrpcConnection;
import io.k3j.streaming.GrpcFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// The small clients of probes beside [HttpGet]: TCP and gRPC health. Blocking; the [Attempt] bounds their time. No
/// client is kept, each probe opens a connection of its own, as upstream's does, since a kept one would say nothing
/// about whether new ones are taken.
final class ProbeClients {
    private ProbeClients() {
    }

    /// Connects: an open port is all that is asked for.
    ///
    /// @throws IOException when nobody takes the connection
    static void tcp(Attempt attempt, String host, int port) throws IOException {
        attempt.own(new Socket()).connect(new InetSocketAddress(host, port));
    }

    /// The health of a gRPC service by its standard protocol (`grpc.health.v1`), without TLS, as kubelets ask.
    ///
    /// The answer is read by hand: a `HealthCheckResponse` with its field 1, a varint, which is 1 for `SERVING`.
    ///
    /// @param service empty for the server as a whole
    /// @param timeout for the call, told to the server as well
    /// @return empty when it serves, else what it said
    /// @throws IOException when nobody takes the connection
    static String grpc(Attempt attempt, String host, int port, String service, Duration timeout) throws IOException {
        SocketChannel channel = attempt.own(SocketChannel.open());
        channel.connect(new InetSocketAddress(host, port));
        try (GrpcConnection c = new GrpcConnection(channel, "probe")) {
            byte[] answer = c.call("/grpc.health.v1.Health/Check", request(service), timeout);
            boolean serving = answer.length >= 2 && answer[0] == 8 && answer[1] == 1;
            return serving ? "" : "service unhealthy (responded with \"NOT_SERVING\")";
        } catch (GrpcFailure e) {
            return "error: health rpc probe failed: " + e.getMessage();
        }
    }

    /// A `HealthCheckRequest` with its field 1, the name: a tag, the length as a varint, the bytes. Empty for no name.
    static byte[] request(String service) {
        byte[] name = service.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (name.length > 0) {
            out.write(10);
            int length = name.length;
            for (; length > 127; length >>>= 7) {
                out.write(length & 127 | 128);
            }
            out.write(length);
            out.writeBytes(name);
        }
        return out.toByteArray();
    }
}
