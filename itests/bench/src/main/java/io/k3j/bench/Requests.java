package io.k3j.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/// HTTP/2 frames of requests, written by hand: a load generator shares the cores with what it measures. Header fields
/// are literals, so nothing has to be remembered per connection.
final class Requests {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RESET = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GO_AWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int FRAME_HEAD = 9;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int WINDOW = Integer.MAX_VALUE;

    private Requests() {
    }

    /// What a client says first: no push, and as much as the server likes to send.
    static ByteBuf greeting(ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer(128).writeBytes(PREFACE);
        frame(out, 12, SETTINGS, 0, 0).writeShort(2).writeInt(0).writeShort(4).writeInt(WINDOW);
        return frame(out, 4, WINDOW_UPDATE, 0, 0).writeInt(WINDOW - 65_535);
    }

    /// The beginning of a frame.
    static ByteBuf frame(ByteBuf out, int length, int type, int flags, int stream) {
        return out.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
    }

    /// One request; an empty body means none.
    static ByteBuf request(ByteBufAllocator allocator, int stream, Call call) {
        byte[] body = call.body();
        ByteBuf out = allocator.buffer(256 + body.length);
        int start = out.writerIndex();
        out.writeZero(FRAME_HEAD);
        fields(out, call);
        int end = out.writerIndex();
        out.writerIndex(start);
        int last = body.length == 0 ? END_STREAM : 0;
        frame(out, end - start - FRAME_HEAD, HEADERS, END_HEADERS | last, stream).writerIndex(end);
        return body.length == 0 ? out : frame(out, body.length, DATA, END_STREAM, stream).writeBytes(body);
    }

    private static void fields(ByteBuf out, Call call) {
        switch (call.method()) {
            case "GET" -> out.writeByte(0x82);
            case "POST" -> out.writeByte(0x83);
            default -> text(out.writeByte(0x02), call.method());
        }
        text(out.writeByte(0x87).writeByte(0x04), call.path());
        text(out.writeByte(0x01), "127.0.0.1");
        text(out.writeByte(0x0f).writeByte(0x2b), "bench/1");
        if (!call.accept().isEmpty()) {
            text(out.writeByte(0x0f).writeByte(0x04), call.accept());
        }
        if (call.body().length > 0) {
            text(out.writeByte(0x0f).writeByte(0x10), "application/json");
            text(out.writeByte(0x0f).writeByte(0x0d), Integer.toString(call.body().length));
        }
    }

    private static void text(ByteBuf out, String text) {
        int length = text.length();
        if (length < 127) {
            out.writeByte(length);
        } else {
            out.writeByte(127);
            for (length -= 127; length > 127; length >>>= 7) {
                out.writeByte(length & 127 | 128);
            }
            out.writeByte(length);
        }
        out.writeCharSequence(text, StandardCharsets.US_ASCII);
    }

    /// What is asked.
    ///
    /// @param accept the media types wanted, empty for JSON
    record Call(String method, String path, byte[] body, String accept) {
        static Call get(String path) {
            return get(path, "");
        }

        static Call get(String path, String accept) {
            return new Call("GET", path, new byte[0], accept);
        }

        static Call of(String method, String path, String body) {
            return new Call(method, path, body.getBytes(StandardCharsets.UTF_8), "");
        }
    }

    /// What becomes of it; called on the connection's loop.
    interface Reply {
        /// Some of the answer's bytes, which must be read or skipped.
        default void data(ByteBuf in, int length) {
            in.skipBytes(length);
        }

        /// The answer is complete; -1 when there will be none.
        void end(int status);
    }
}
