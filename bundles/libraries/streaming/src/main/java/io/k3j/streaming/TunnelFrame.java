package io.k3j.streaming;

import io.k3j.protobufwire.MalformedMessage;
import io.k3j.protobufwire.Varint;
import io.k3j.protobufwire.WireIn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/// One binary message of the tunnel between an agent and a server, in the form of
/// [remotedialer](https://github.com/rancher/remotedialer): zig-zag varints for message id, connection and kind, for
/// [Kind#DATA] and [Kind#CONNECT] a fourth that once was a deadline in milliseconds, then the payload.
///
/// The numbers are written by `Varint` of `protobuf-wire`, which are Go's `binary.PutVarint`; the message itself is no
/// protobuf. Immutable, but for the payload, which nobody changes.
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
    /// What remotedialer writes since the number means nothing any more.
    private static final long DEADLINE_MILLIS = 15_000;
    /// How many bytes of an address remotedialer reads.
    private static final int MAX_ADDRESS = 266;
    /// How many bytes of a reason it reads.
    private static final int MAX_REASON = 100;
    /// The most numbers a head has.
    private static final int HEAD_NUMBERS = 4;
    /// By their numbers on the wire; the order of [Kind] is theirs.
    private static final Kind[] KINDS = Kind.values();

    /// A frame with a text.
    /// @param text becomes the payload, as UTF-8
    public static TunnelFrame of(long id, long connection, Kind kind, String text) {
        return new TunnelFrame(id, connection, kind, text.getBytes(StandardCharsets.UTF_8));
    }

    /// The frame that lists all open connections. Numbers of eight bytes, the lowest first, in rising order.
    public static TunnelFrame sync(long id, Collection<Long> connections) {
        ByteBuffer list = ByteBuffer.allocate(connections.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        connections.stream().sorted().forEach(list::putLong);
        return new TunnelFrame(id, 0, Kind.SYNC_CONNECTIONS, list.array());
    }

    /// The connections of a [Kind#SYNC_CONNECTIONS]. As many as the payload has; a WebSocket message bounds it.
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

    /// Whether the head has a fourth number.
    private boolean dated() {
        return kind == Kind.DATA || kind == Kind.CONNECT;
    }

    /// The bytes of the message.
    public byte[] encode() {
        byte[] head = new byte[HEAD_NUMBERS * Varint.MAX_BYTES];
        int used = signed(head, 0, id);
        used = signed(head, used, connection);
        used = signed(head, used, kind.ordinal());
        if (dated()) {
            used = signed(head, used, DEADLINE_MILLIS);
        }
        byte[] message = Arrays.copyOf(head, used + payload.length);
        System.arraycopy(payload, 0, message, used, payload.length);
        return message;
    }

    /// @return the place behind the number
    private static int signed(byte[] into, int at, long value) {
        return Varint.put(into, at, Varint.encodeZigZag(value));
    }

    /// Reads a message. An unknown kind is no error: a newer end may have more.
    /// @param message a whole WebSocket message; its payload is copied
    /// @throws IOException when its head is cut
    public static TunnelFrame parse(byte[] message) throws IOException {
        WireIn in = new WireIn(message);
        try {
            long id = signed(in);
            long connection = signed(in);
            long number = signed(in);
            Kind kind = number > 0 && number < KINDS.length ? KINDS[(int) number] : Kind.UNKNOWN;
            if (kind == Kind.DATA || kind == Kind.CONNECT) {
                signed(in);
            }
            return new TunnelFrame(id, connection, kind, in.rest());
        } catch (MalformedMessage cut) {
            throw new IOException("a tunnel message with a damaged head", cut);
        }
    }

    private static long signed(WireIn in) {
        return Varint.decodeZigZag(in.number());
    }
}
