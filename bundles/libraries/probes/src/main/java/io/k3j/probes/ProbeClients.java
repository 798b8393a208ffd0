package io.k3j.probes;

import io.k3j.kuberuntime.Backoff;
import io.k3j.streaming.GrpcConnection;
import io.k3j.streaming.GrpcFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// The small clients of probes beside [HttpGet]: TCP and gRPC health. Blocking; the [Attempt] bounds their time. No
/// client is kept, each probe opens a connection of its own, as upstream's does, since a kept one would say nothing
/// about whether new ones are taken.
final class ProbeClients {
    /// Of a `HealthCheckResponse`.
    private static final List<String> STATUSES = List.of("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN");
    private static final int SERVING = 1;
    /// How Go writes the codes of gRPC.
    private static final List<String> CODES = List.of("OK", "Canceled", "Unknown", "InvalidArgument",
            "DeadlineExceeded", "NotFound", "AlreadyExists", "PermissionDenied", "ResourceExhausted",
            "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented", "Internal", "Unavailable", "DataLoss",
            "Unauthenticated");

    private ProbeClients() {
    }

    /// Connects: an open port is all that is asked for.
    ///
    /// @throws IOException when nobody takes the connection, in Go's words
    static void tcp(Attempt attempt, String host, int port) throws IOException {
        Socket socket = attempt.own(new Socket());
        try {
            socket.connect(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw DialFailure.of(host, port, e);
        }
    }

    /// The health of a gRPC service by its standard protocol (`grpc.health.v1`), without TLS, as kubelets ask.
    ///
    /// The answer is read by hand: a `HealthCheckResponse` with its field 1, a varint, which is 1 for `SERVING`.
    ///
    /// @param service empty for the server as a whole
    /// @param timeout for the call, told to the server as well
    /// @return empty when it serves, else what is wrong, in upstream's words
    /// @throws InterruptedException when the caller is
    static String grpc(String host, int port, String service, Duration timeout) throws InterruptedException {
        AtomicBoolean connected = new AtomicBoolean();
        try {
            return Attempt.within(timeout, attempt -> {
                SocketChannel channel = attempt.own(SocketChannel.open());
                channel.connect(new InetSocketAddress(InetAddress.getByName(host), port));
                connected.set(true);
                return asked(channel, service, timeout);
            });
        } catch (IOException e) {
            // who cannot be connected to is tried again until the time is over
            return connected.get() ? late(timeout)
                    : "timeout: failed to connect service \"" + HttpGet.bracketed(host) + ":" + port + "\" within "
                            + Backoff.text(timeout) + ": context deadline exceeded";
        }
    }

    private static String asked(SocketChannel channel, String service, Duration timeout) throws IOException {
        try (GrpcConnection c = new GrpcConnection(channel, "probe")) {
            byte[] answer = c.call("/grpc.health.v1.Health/Check", request(service), timeout);
            int status = answer.length >= 2 && answer[0] == 8 ? answer[1] : 0;
            return status == SERVING ? "" : "service unhealthy (responded with \""
                    + (status >= 0 && status < STATUSES.size() ? STATUSES.get(status) : Integer.toString(status))
                    + "\")";
        } catch (GrpcFailure e) {
            return switch (e.code()) {
                case GrpcFailure.UNIMPLEMENTED -> "error: this server does not implement the grpc health protocol"
                        + " (grpc.health.v1.Health): " + e.getMessage();
                case GrpcFailure.DEADLINE_EXCEEDED -> late(timeout);
                default -> "error: health rpc probe failed: rpc error: code = " + code(e.code()) + " desc = "
                        + e.getMessage();
            };
        }
    }

    private static String late(Duration timeout) {
        return "timeout: health rpc did not complete within " + Backoff.text(timeout);
    }

    private static String code(int code) {
        return code >= 0 && code < CODES.size() ? CODES.get(code) : "Code(" + code + ")";
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
