package io.k3j.bootitest;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// A frame of a WebSocket (RFC 6455).
///
/// @param opcode 2 is binary, 8 close, 9 ping, 10 pong
record WireFrame(int opcode, byte[] payload) {
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;
    private static final int SHORT = 126;
    private static final int LONG = 127;
    private static final int MASKED = 0x80;

    /// The next frame of either side.
    static WireFrame read(DataInputStream in) throws IOException {
        int opcode = in.readUnsignedByte() & 0x0f;
        int second = in.readUnsignedByte();
        int length = second & 0x7f;
        if (length == SHORT) {
            length = in.readUnsignedShort();
        } else if (length == LONG) {
            length = Math.toIntExact(in.readLong());
        }
        byte[] mask = new byte[4];
        if ((second & MASKED) != 0) {
            in.readFully(mask);
        }
        byte[] payload = in.readNBytes(length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        return new WireFrame(opcode, payload);
    }

    /// Writes it as a client (masked, by zeros, which is a mask) or as a server.
    void write(OutputStream out, boolean client) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
        int mask = client ? MASKED : 0;
        frame.put((byte) (0x80 | opcode));
        if (payload.length < SHORT) {
            frame.put((byte) (mask | payload.length));
        } else if (payload.length < 1 << 16) {
            frame.put((byte) (mask | SHORT)).putShort((short) payload.length);
        } else {
            frame.put((byte) (mask | LONG)).putLong(payload.length);
        }
        if (client) {
            frame.putInt(0);
        }
        frame.put(payload);
        synchronized (out) {
            out.write(frame.array(), 0, frame.position());
            out.flush();
        }
    }

    /// What a server answers to a client's key.
    static String accept(String key) {
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
