package io.k3j.ingress;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// A client of HTTP/2 without TLS that sends exactly the frames a test says; its static part does for endpoints too.
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int WHOLE = END_STREAM | END_HEADERS;
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int LIMIT_MILLIS = 60_000;
    private final Socket socket;

    /// One frame.
    record Frame(int type, int flags, int stream, byte[] payload) {
        boolean endsStream() {
            return (flags & END_STREAM) != 0;
        }
    }

    /// @param settings as hex digits, six bytes each
    RawHttp2(Socket socket, String settings) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.getOutputStream().write(PREFACE.getBytes(StandardCharsets.US_ASCII));
        send(SETTINGS, 0, 0, settings);
    }

    RawHttp2 send(int type, int flags, int stream, String hex) throws IOException {
        write(socket.getOutputStream(), type, flags, stream, hex);
        return this;
    }

    /// The next frame of this type, whatever comes before.
    /// @throws IOException when the connection ends before
    Frame next(int type) throws IOException {
        return next(socket.getInputStream(), type);
    }

    static Frame next(InputStream in, int type) throws IOException {
        Frame frame = read(in);
        while (frame.type() != type) {
            frame = read(in);
        }
        return frame;
    }

    static Frame read(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        int first = data.readInt();
        int flags = data.readUnsignedByte();
        int stream = data.readInt();
        byte[] payload = new byte[first >>> 8];
        data.readFully(payload);
        return new Frame(first & 0xff, flags, stream, payload);
    }

    static void write(OutputStream out, int type, int flags, int stream, String hex) throws IOException {
        HexFormat digits = HexFormat.of();
        byte[] payload = digits.parseHex(hex.replace(" ", ""));
        byte[] frame = new byte[9 + payload.length];
        byte[] head = digits.parseHex(digits.toHexDigits(payload.length, 6) + digits.toHexDigits((byte) type)
                + digits.toHexDigits((byte) flags) + digits.toHexDigits(stream));
        System.arraycopy(head, 0, frame, 0, head.length);
        System.arraycopy(payload, 0, frame, head.length, payload.length);
        out.write(frame);
        out.flush();
    }

    /// Fields of a request to `/` without TLS.
    static String fields(String method, String host) {
        return "42" + text(method) + "86 84 41" + text(host);
    }

    /// A field that no table has.
    static String field(String name, String value) {
        return "00" + text(name) + text(value);
    }

    /// At most 16 510 bytes.
    private static String text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        HexFormat digits = HexFormat.of();
        int rest = bytes.length - 0x7f;
        String length = rest < 0 ? digits.toHexDigits((byte) bytes.length)
                : rest < 0x80 ? "7f" + digits.toHexDigits((byte) rest)
                        : "7f" + digits.toHexDigits((byte) (rest & 0x7f | 0x80))
                                + digits.toHexDigits((byte) (rest >> 7));
        return length + digits.formatHex(bytes);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
