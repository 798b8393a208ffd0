package io.k3j.streaming;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// One binary message of the tunnel between an agent and a server, in the form of
/// [remotedialer](https://github.com/rancher/remotedialer): zig-zag varints for message id, connection and kind, for
/// [Kind#DATA] and [Kind#CONNECT] a fourth that once was a deadline in milliseconds, then the payload.
///
/// @param id numbers a sender's messages; nobody looks at it
/// @param connection the connection it is about, 0 for the session itself
/// @param kind what it is
/// @param payload the bytes after the head; not copied
public record TunnelFrame(long id, long connection, Kind kind, byte[] payload) {
    /// What a frame says.
    public enum Kind {
        /// Nothing we know; ignored, as remotedialer does.
        UNKNOWN,
        /// Bytes of a connection.
        DATA,
        /// Asks for a connection; the payload is `tcp/host:port`.
        CONNECT,
        /// The connection is over; the payload is `EOF` or the reason.
        ERROR,
        /// A peer's client; not used by K3s.
        ADD_CLIENT,
        /// A peer's client; not used by K3s.
        REMOVE_CLIENT,
        /// Send no more data on this connection for now.
        PAUSE,
        /// Send again.
        RESUME,
        /// All connections the sender knows; others are stale. See [TunnelFrame#connections].
        SYNC_CONNECTIONS
    }

    /// The payload of an [Kind#ERROR] that ends a connection in order.
    public static final String EOF = "EOF";
    private static final long DEADLINE_MILLIS = 15_000;
    private static final int MAX_ADDRESS = 266;
    private static final int MAX_REASON = 100;
    private static final int MAX_VARINT_BITS = 63;
    private static final Kind[] KINDS = Kind.values();

    /// A frame with a text.
    public static TunnelFrame of(long id, long connection, Kind kind, String text) {
        return new TunnelFrame(id, connection, kind, text.getBytes(StandardCharsets.UTF_8));
    }

    /// The frame that lists all open connections.
    public static TunnelFrame sync(long id, Collection<Long> connections) {
        ByteBuffer list = ByteBuffer.allocate(connections.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        connections.stream().sorted().forEach(list::putLong);
        return new TunnelFrame(id, 0, Kind.SYNC_CONNECTIONS, list.array());
    }

    /// The connections of a [Kind#SYNC_CONNECTIONS].
    /// @throws IOException when the payload is cut
    public List<Long> connections() throws IOException {
        if (payload.length % Long.BYTES != 0) {
            throw new IOException("incorrect data format");
        }
        ByteBuffer list = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        List<Long> all = new ArrayList<>(payload.length / Long.BYTES);
        while (list.hasRemaining()) {
            all.add(list.getLong());
        }
        return all;
    }

    /// The payload as text: an address, a reason. Cut where remotedialer cuts it.
    public String text() {
        int most = kind == Kind.CONNECT ? MAX_ADDRESS : MAX_REASON;
        return new String(payload, 0, Math.min(payload.length, most), StandardCharsets.UTF_8);
    }

    private boolean dated() {
        return kind == Kind.DATA || kind == Kind.CONNECT;
    }

    /// The bytes of the message.
    public byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + 3 * Long.BYTES);
        varint(out, id);
        varint(out, connection);
        varint(out, kind.ordinal());
        if (dated()) {
            varint(out, DEADLINE_MILLIS);
        }
        out.writeBytes(payload);
        return out.toByteArray();
    }

    /// Reads a message.
    /// @throws IOException when its head is cut
    public static TunnelFrame parse(byte[] message) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(message);
        long id = varint(in);
        long connection = varint(in);
        long number = varint(in);
        Kind kind = number > 0 && number < KINDS.length ? KINDS[(int) number] : Kind.UNKNOWN;
        if (kind == Kind.DATA || kind == Kind.CONNECT) {
            varint(in);
        }
        byte[] payload = new byte[in.remaining()];
        in.get(payload);
        return new TunnelFrame(id, connection, kind, payload);
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long left = value << 1 ^ value >> MAX_VARINT_BITS;
        while ((left & ~0x7fL) != 0) {
            out.write((int) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    private static long varint(ByteBuffer in) throws IOException {
        long bits = 0;
        for (int shift = 0; shift <= MAX_VARINT_BITS && in.hasRemaining(); shift += 7) {
            byte next = in.get();
            bits |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return bits >>> 1 ^ -(bits & 1);
            }
        }
        throw new IOException("a tunnel message with a damaged head");
    }
}
