package io.k3j.bootitest;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;

/// A stock agent's end of the tunnel, from its frames: binary messages of zig-zag varints `id, connection, kind` and,
/// for DATA and CONNECT, a deadline of 15 000.
final class StockTunnel implements AutoCloseable {
    private static final int DATA = 1;
    private static final int CONNECT = 2;
    private static final int ERROR = 3;
    private static final int DEADLINE = 15_000;
    private static final int BLOCK = 8192;

    /// Every address the server wished to reach.
    final BlockingQueue<String> dialled = new LinkedBlockingQueue<>();
    final BlockingQueue<WireFrame> pongs = new LinkedBlockingQueue<>();
    private final SSLSocket socket;
    private final DataInputStream in;
    private final String allowed;
    private final AtomicLong id = new AtomicLong(new Random().nextLong() >>> 1);
    private final Map<Long, Socket> connections = new ConcurrentHashMap<>();
    private final Thread reader;

    private StockTunnel(SSLSocket socket, String allowed) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.allowed = allowed;
        reader = Thread.ofVirtual().name("stock-tunnel").start(this::read);
    }

    /// Upgrades as gorilla's dialer does; what the server may reach is `allowed` alone.
    static StockTunnel open(GoClient server, String allowed) throws IOException {
        byte[] bytes = new byte[16];
        new Random().nextBytes(bytes);
        String key = Base64.getEncoder().encodeToString(bytes);
        SSLSocket socket = server.connect();
        try {
            socket.getOutputStream().write(server.head("GET", "/v1-k3s/connect").append("Connection: Upgrade\r\n")
                    .append("Sec-WebSocket-Key: ").append(key).append("\r\nSec-WebSocket-Version: 13\r\n")
                    .append("Upgrade: websocket\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            GoClient.Answer head = GoClient.readHead(socket.getInputStream());
            if (head.status() != 101 || !WireFrame.accept(key).equals(head.headers().get("sec-websocket-accept"))) {
                throw new IOException("websocket: bad handshake " + head.status() + " " + head.headers());
            }
            socket.setSoTimeout(0);
            return new StockTunnel(socket, allowed);
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }

    /// An empty ping.
    void ping() throws IOException {
        new WireFrame(WireFrame.PING, new byte[0]).write(socket.getOutputStream(), true);
    }

    /// Waits until it has ended.
    void ended() throws InterruptedException {
        reader.join();
    }

    private void read() {
        try {
            for (WireFrame frame = WireFrame.read(in); frame.opcode() != WireFrame.CLOSE; frame = WireFrame.read(in)) {
                switch (frame.opcode()) {
                    case WireFrame.PING ->
                        new WireFrame(WireFrame.PONG, frame.payload()).write(socket.getOutputStream(), true);
                    case WireFrame.PONG -> pongs.add(frame);
                    default -> message(ByteBuffer.wrap(frame.payload()));
                }
            }
        } catch (IOException ended) {
            // the server is away
        } finally {
            close();
        }
    }

    private void message(ByteBuffer message) throws IOException {
        varint(message);
        long connection = varint(message);
        int kind = (int) varint(message);
        if ((kind == DATA || kind == CONNECT) && varint(message) != DEADLINE) {
            throw new IOException("another deadline than K3s'");
        }
        byte[] rest = new byte[message.remaining()];
        message.get(rest);
        switch (kind) {
            case CONNECT -> connect(connection, new String(rest, StandardCharsets.UTF_8));
            case DATA -> data(connection, rest);
            case ERROR -> end(connection);
            default -> {
                // PAUSE, RESUME and lists: nothing is asked of so little data
            }
        }
    }

    /// What the server says last may come after its target has ended: that is the end of no other connection.
    private void data(long connection, byte[] bytes) throws IOException {
        Socket target = connections.get(connection);
        if (target == null) {
            return;
        }
        try {
            target.getOutputStream().write(bytes);
        } catch (IOException over) {
            end(connection);
        }
    }

    private void connect(long connection, String target) throws IOException {
        dialled.add(target);
        if (!target.equals(allowed)) {
            send(connection, ERROR, "connect not allowed".getBytes(StandardCharsets.UTF_8));
            return;
        }
        Socket local = new Socket("127.0.0.1", Integer.parseInt(target.substring(target.lastIndexOf(':') + 1)));
        connections.put(connection, local);
        Thread.ofVirtual().name("stock-pipe").start(() -> pipe(connection, local));
    }

    private void pipe(long connection, Socket local) {
        byte[] block = new byte[BLOCK];
        try (local) {
            for (int n = local.getInputStream().read(block); n >= 0; n = local.getInputStream().read(block)) {
                send(connection, DATA, java.util.Arrays.copyOf(block, n));
            }
            send(connection, ERROR, "EOF".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException cut) {
            // by the server, or with the tunnel
        }
    }

    private void end(long connection) throws IOException {
        Socket local = connections.remove(connection);
        if (local != null) {
            local.close();
        }
    }

    private void send(long connection, int kind, byte[] payload) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        varint(message, id.incrementAndGet());
        varint(message, connection);
        varint(message, kind);
        if (kind == DATA) {
            varint(message, DEADLINE);
        }
        message.writeBytes(payload);
        new WireFrame(WireFrame.BINARY, message.toByteArray()).write(socket.getOutputStream(), true);
    }

    private static long varint(ByteBuffer from) {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = from.get();
            value |= (next & 0x7fL) << shift;
            shift += 7;
        } while (next < 0);
        return value >>> 1 ^ -(value & 1);
    }

    private static void varint(ByteArrayOutputStream to, long value) {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7fL) != 0) {
            to.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        to.write((int) rest);
    }

    @Override
    public void close() {
        try {
            socket.close();
            for (Socket one : connections.values()) {
                one.close();
            }
        } catch (IOException broken) {
            // gone anyway
        }
    }
}
