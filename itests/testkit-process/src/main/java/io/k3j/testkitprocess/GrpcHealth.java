package io.k3j.testkitprocess;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A server of the gRPC health protocol on all addresses that knows as much HTTP/2, without TLS, as its one answer
/// needs. Any thread.
public final class GrpcHealth implements AutoCloseable {
    private static final int PREFACE_BYTES = 24;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private final ServerSocket socket;
    private volatile boolean serving = true;

    /// Listens on a free port.
    ///
    /// @throws IOException when there is none
    public GrpcHealth() throws IOException {
        socket = new ServerSocket(0);
        Thread.ofVirtual().name("grpc-health").start(this::accept);
    }

    /// Where it listens.
    public int port() {
        return socket.getLocalPort();
    }

    /// Answers `SERVING`, as at first, or `NOT_SERVING` from now on.
    public void serving(boolean now) {
        serving = now;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> answer(client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void answer(Socket client) {
        try (client) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            in.skipNBytes(PREFACE_BYTES);
            frame(out, SETTINGS, 0, 0, new byte[0]);
            while (true) {
                int head = in.readInt();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                in.skipNBytes(head >>> 8);
                int type = head & 0xff;
                if (type == SETTINGS && flags == 0) {
                    frame(out, SETTINGS, 1, 0, new byte[0]);
                }
                if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
                    frame(out, HEADERS, END_HEADERS, stream, head());
                    frame(out, DATA, 0, stream, new byte[] {0, 0, 0, 0, 2, 8, (byte) (serving ? 1 : 2)});
                    frame(out, HEADERS, END_HEADERS | END_STREAM, stream, trailer());
                }
            }
        } catch (IOException e) {
            // the client has gone
        }
    }

    /// `:status 200` and `content-type`, from the static table.
    private static byte[] head() {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        b.write(0x88);
        b.write(0x0f);
        b.write(31 - 15);
        text(b, "application/grpc");
        return b.toByteArray();
    }

    private static byte[] trailer() {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        b.write(0);
        text(b, "grpc-status");
        text(b, "0");
        return b.toByteArray();
    }

    private static void text(ByteArrayOutputStream b, String text) {
        b.write(text.length());
        b.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void frame(DataOutputStream out, int type, int flags, int stream, byte[] payload)
            throws IOException {
        out.writeInt(payload.length << 8 | type);
        out.write(flags);
        out.writeInt(stream);
        out.write(payload);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
