package io.k3j.bootitest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// HTTP/1.1 as Go's client writes it: one connection each, without ALPN, the headers in its spelling and order.
///
/// @param port of 127.0.0.1
record GoClient(int port, SSLContext tls) {
    private static final int LIMIT_MILLIS = 60_000;

    /// What came back; names of headers in lower case.
    record Answer(int status, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /// A connection after its handshake.
    SSLSocket connect() throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port);
        try {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.startHandshake();
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }

    /// Sends one request; `body` is empty for a GET.
    Answer send(String method, String path, Map<String, String> headers, byte[] body) throws IOException {
        try (SSLSocket socket = connect()) {
            StringBuilder head = head(method, path);
            if (!method.equals("GET")) {
                head.append("Content-Length: ").append(body.length).append("\r\n");
            }
            new TreeMap<>(headers).forEach((name, value) -> head.append(name).append(": ").append(value)
                    .append("\r\n"));
            head.append("Accept-Encoding: gzip\r\nConnection: close\r\n\r\n");
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
            request.writeBytes(body);
            socket.getOutputStream().write(request.toByteArray());
            socket.getOutputStream().flush();
            return answer(socket.getInputStream());
        }
    }

    /// The first lines of a request.
    StringBuilder head(String method, String path) {
        return new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1:").append(port)
                .append("\r\nUser-Agent: Go-http-client/1.1\r\n");
    }

    private static Answer answer(InputStream in) throws IOException {
        Answer head = readHead(in);
        String length = head.headers().get("content-length");
        byte[] body = length != null ? in.readNBytes(Integer.parseInt(length))
                : head.headers().getOrDefault("transfer-encoding", "").equals("chunked") ? chunks(in)
                        : in.readAllBytes();
        return new Answer(head.status(), head.headers(), body);
    }

    /// An answer up to its empty line.
    static Answer readHead(InputStream in) throws IOException {
        String status = line(in);
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            headers.put(line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT),
                    line.substring(line.indexOf(':') + 1).strip());
        }
        return new Answer(Integer.parseInt(status.split(" ")[1]), headers, new byte[0]);
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int size = chunk(in); size > 0; size = chunk(in)) {
            all.writeBytes(in.readNBytes(size));
            line(in);
        }
        return all.toByteArray();
    }

    private static int chunk(InputStream in) throws IOException {
        return Integer.parseInt(line(in), 16);
    }

    /// A line without its end.
    static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("ended after: " + line.toString(StandardCharsets.ISO_8859_1));
            }
            line.write(c);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }
}
