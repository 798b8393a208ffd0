package io.k3j.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// An endpoint that changes every connection to another protocol and then says nothing, and clients that do the same.
final class IdleWebsockets implements AutoCloseable {
    /// With the key and the answer to it of RFC 6455 §1.3.
    private static final String ANSWER = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    private final ServerSocket endpoint = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
    private final List<Socket> clients = new ArrayList<>();

    /// Begins to accept.
    IdleWebsockets() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    /// The endpoint's.
    int port() {
        return endpoint.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = endpoint.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the measurement is over
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            head(socket.getInputStream());
            socket.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        } catch (IOException gone) {
            // so has the client
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended after: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /// Opens so many through a proxy.
    void open(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            clients.add(socket);
            socket.getOutputStream().write(("GET / HTTP/1.1\r\nHost: ws.test\r\nConnection: Upgrade\r\n"
                    + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            String head = head(socket.getInputStream());
            if (!head.startsWith("HTTP/1.1 101")) {
                throw new IOException("no websocket: " + head);
            }
        }
    }

    /// Ends those that were opened.
    void end() throws IOException {
        for (Socket socket : clients) {
            socket.close();
        }
        clients.clear();
    }

    @Override
    public void close() throws IOException {
        end();
        endpoint.close();
    }
}
