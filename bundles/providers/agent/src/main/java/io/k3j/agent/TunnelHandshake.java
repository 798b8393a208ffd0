package io.k3j.agent;

import io.k3j.streaming.TunnelTiming;
import io.k3j.streaming.WebSocket;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Opens the WebSocket of a tunnel: TCP, TLS with the node's certificate, HTTP upgrade.
final class TunnelHandshake {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int ANSWER_MILLIS = 10_000;
    private static final int MAX_HEAD = 16 << 10;
    private static final int KEY_BYTES = 16;

    private TunnelHandshake() {
    }

    /// Connects to a server; blocks for fifteen seconds at most. Closing the socket closes the TCP connection
    /// immediately, without a close handshake with a peer that may be gone.
    /// @param silence sent to the server, which drops the session after this time without traffic
    static WebSocket open(String address, SSLContext tls, Duration silence, RandomGenerator random)
            throws IOException {
        Socket plain = new Socket();
        boolean done = false;
        try {
            plain.setTcpNoDelay(true);
            plain.setKeepAlive(true);
            plain.connect(ServerAddresses.socket(address), CONNECT_MILLIS);
            plain.setSoTimeout(ANSWER_MILLIS);
            SSLSocket secure = (SSLSocket) tls.getSocketFactory().createSocket(plain, ServerAddresses.host(address),
                    ServerAddresses.port(address), true);
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
            secure.startHandshake();
            upgrade(address, secure, silence, random);
            plain.setSoTimeout(0);
            WebSocket socket = WebSocket.ofClient(closingTcp(secure.getInputStream(), plain),
                    closingTcp(secure.getOutputStream(), plain), random);
            done = true;
            return socket;
        } finally {
            if (!done) {
                plain.close();
            }
        }
    }

    private static void upgrade(String address, SSLSocket socket, Duration silence, RandomGenerator random)
            throws IOException {
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        String key = Base64.getEncoder().encodeToString(bytes);
        String request = "GET /v1-k3s/connect HTTP/1.1\r\nHost: " + address + "\r\nUser-Agent: k3j\r\n"
                + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key
                + "\r\n" + TunnelTiming.SILENCE_HEADER + ": " + silence.toSeconds() + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        String head = head(socket.getInputStream());
        String status = head.lines().findFirst().orElse("");
        if (!status.startsWith("HTTP/1.1 101")) {
            throw new IOException("the tunnel was refused: " + status);
        }
        boolean accepted = head.lines().map(String::strip)
                .filter(l -> l.toLowerCase(Locale.ROOT).startsWith("sec-websocket-accept:"))
                .anyMatch(l -> l.substring(l.indexOf(':') + 1).strip().equals(WebSocket.accept(key)));
        if (!accepted) {
            throw new IOException("the tunnel was accepted with another's key");
        }
    }

    /// Reads up to the empty line and no byte further: frames follow.
    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int ending = 0;
        while (ending < 4) {
            int c = in.read();
            if (c < 0 || head.size() == MAX_HEAD) {
                throw new IOException(c < 0 ? "the connection ended" : "the answer's head is too long");
            }
            head.write(c);
            ending = c == (ending % 2 == 0 ? '\r' : '\n') ? ending + 1 : c == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static InputStream closingTcp(InputStream in, Socket plain) {
        return new FilterInputStream(in) {
            @Override
            public void close() throws IOException {
                plain.close();
            }
        };
    }

    private static OutputStream closingTcp(OutputStream out, Socket plain) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                out.write(bytes, from, length);
            }

            @Override
            public void close() throws IOException {
                plain.close();
            }
        };
    }
}
