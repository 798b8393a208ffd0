package io.k3j.etcdclient;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/// What stands in for etcd: takes any call over HTTP/2 and answers it with an empty message, unless it is the first of
/// its connection, which it never answers.
final class Peer implements AutoCloseable {
    private static final int PREFACE = 24;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final byte[] HEAD = {(byte) 0x88};
    private final ServerSocket socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    /// Numbers of the calls, as they come in.
    final BlockingQueue<Integer> calls = new LinkedBlockingQueue<>();

    Peer() throws IOException {
        Thread.ofVirtual().name("peer").start(this::accept);
    }

    EtcdEndpoints endpoints() {
        return EtcdEndpoints.parse(URI.create("http://127.0.0.1:" + socket.getLocalPort()).toString(),
                Optional.empty());
    }

    /// How many connections have been made.
    int connections() {
        return connections.size();
    }

    private void accept() {
        try {
            while (true) {
                Socket made = socket.accept();
                connections.add(made);
                Thread.ofVirtual().name("peer-connection").start(() -> serve(made));
            }
        } catch (IOException closed) {
            calls.add(-1);
        }
    }

    private void serve(Socket made) {
        try (made) {
            DataInputStream in = new DataInputStream(made.getInputStream());
            DataOutputStream out = new DataOutputStream(made.getOutputStream());
            in.readNBytes(PREFACE);
            frame(out, SETTINGS, 0, 0, new byte[0]);
            while (true) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                in.readNBytes(length);
                if (type == DATA && (flags & 1) != 0) {
                    calls.add(stream);
                    answer(out, stream);
                }
            }
        } catch (IOException gone) {
            calls.add(0);
        }
    }

    private static void answer(DataOutputStream out, int stream) throws IOException {
        if (stream == 1) {
            return;
        }
        frame(out, HEADERS, 4, stream, HEAD);
        frame(out, DATA, 0, stream, new byte[5]);
        frame(out, HEADERS, 5, stream, "\0\u000bgrpc-status\u00010".getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void frame(DataOutputStream out, int type, int flags, int stream, byte[] payload)
            throws IOException {
        out.writeByte(0);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket made : connections) {
            made.close();
        }
    }
}
