package io.k3j.kubelet;

import io.k3j.pki.Trust;
import io.k3j.streaming.GrpcConnection;
import io.k3j.streaming.GrpcFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;

/// The small clients probes and hooks need: TCP, HTTP/1.1, gRPC health. Blocking, each within its time.
final class Clients {
    private static final int MAX_BODY = 10 * 1024;
    private static final int MAX_HEAD_LINE = 8 * 1024;

    private Clients() {
    }

    /// An HTTP answer: status and the beginning of the body.
    record Answer(int status, String body) {
    }

    /// Connects and closes again.
    static void tcp(String host, int port, Duration timeout) throws IOException {
        try (Socket s = new Socket()) {
            s.connect(new InetSocketAddress(host, port), millis(timeout));
        }
    }

    /// A GET. TLS is not verified, as kubelets never did for probes.
    static Answer http(boolean tls, InetSocketAddress address, String path, Map<String, String> headers,
            Duration timeout) throws IOException {
        try (Socket plain = new Socket()) {
            plain.connect(address, millis(timeout));
            plain.setSoTimeout(millis(timeout));
            Socket s = tls ? secured(plain, address) : plain;
            StringBuilder b = new StringBuilder("GET ").append(path.startsWith("/") ? path : "/" + path)
                    .append(" HTTP/1.1\r\n");
            headers.forEach((k, v) -> b.append(k).append(": ").append(v).append("\r\n"));
            s.getOutputStream().write(b.append("Connection: close\r\n\r\n").toString()
                    .getBytes(StandardCharsets.UTF_8));
            return answer(s.getInputStream());
        }
    }

    private static Answer answer(InputStream in) throws IOException {
        String first = line(in);
        List<String> words = List.of(first.split(" ", 3));
        if (words.size() < 2 || !first.startsWith("HTTP/")) {
            throw new IOException("malformed HTTP response \"" + first + "\"");
        }
        while (!line(in).isEmpty()) {
            // the head is of no interest
        }
        try {
            int status = Integer.parseInt(words.get(1));
            return new Answer(status, status < 400 ? "" : new String(in.readNBytes(MAX_BODY), StandardCharsets.UTF_8));
        } catch (NumberFormatException e) {
            throw new IOException("malformed HTTP status code \"" + words.get(1) + "\"", e);
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || out.size() > MAX_HEAD_LINE) {
                throw new IOException(c < 0 ? "EOF" : "header too long");
            }
            if (c != '\r') {
                out.write(c);
            }
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static Socket secured(Socket plain, InetSocketAddress address) throws IOException {
        // a probe asks whether somebody answers, not who
        SSLSocket s = (SSLSocket) Trust.anybody().getSocketFactory().createSocket(plain, address.getHostString(),
                address.getPort(), true);
        s.startHandshake();
        return s;
    }

    /// The health of a gRPC service by its standard protocol; empty when it serves, else what it said.
    static String grpc(String host, int port, String service, Duration timeout) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.socket().connect(new InetSocketAddress(host, port), millis(timeout));
        try (GrpcConnection c = new GrpcConnection(channel, "probe")) {
            byte[] name = service.getBytes(StandardCharsets.UTF_8);
            byte[] request = name.length == 0 ? new byte[0] : new byte[name.length + 2];
            if (name.length > 0) {
                request[0] = 10;
                request[1] = (byte) name.length;
                System.arraycopy(name, 0, request, 2, name.length);
            }
            byte[] answer = c.call("/grpc.health.v1.Health/Check", request, timeout);
            boolean serving = answer.length >= 2 && answer[0] == 8 && answer[1] == 1;
            return serving ? "" : "service unhealthy (responded with \"NOT_SERVING\")";
        } catch (GrpcFailure e) {
            return "error: health rpc probe failed: " + e.getMessage();
        }
    }

    private static int millis(Duration timeout) {
        return (int) Math.max(1, timeout.toMillis());
    }
}
