package io.k3j.streaming;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/// What comes on a WebSocket: frames (RFC 6455 §5.2), of which messages are made. The receiving thread's, but for
/// [#heardNanos].
///
/// ```
///   head ──► payload ──► head ──► … ──► the last payload of a message
///     └── control frame, also within a message: told
/// ```
///
/// What a head says of the length is not believed: memory is taken for what has come.
final class WebSocketInput {
    /// The kinds of control frames (RFC 6455 §5.5).
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;
    /// Set in each of them, and in no other kind.
    private static final int CONTROL = 8;
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    /// Bytes; a longer ping would be answered as long as it is.
    private static final int MAX_CONTROL = 125;
    /// Bytes that are taken at once for a message that is kept whole: a frame of a tunnel has room in it.
    private static final int STEP = 64 << 10;
    /// Bytes that are taken at once for more of a message that came in parts.
    private static final int LEAST = 256;

    private final DataInputStream in;
    private final Control control;
    private volatile long heardNanos = System.nanoTime();
    /// Bytes of the present frame that have not come yet.
    private long remaining;
    /// The present frame is its message's last one; so it is between two messages.
    private boolean last = true;
    private final byte[] mask = new byte[4];
    /// How many bytes of the present frame have come; by that the next one knows its byte of the mask.
    private int unmasked;
    /// The other side has closed, perhaps within a message.
    private boolean ended;

    /// Who is told of control frames.
    interface Control {
        /// A whole frame; on the receiving thread.
        void came(int kind, byte[] payload) throws IOException;
    }

    /// A message that is longer than it may be; the rest of it has not been read.
    static final class TooBig extends IOException {
        private static final long serialVersionUID = 1L;

        private TooBig(int most) {
            super("a message of more than " + most + " bytes");
        }
    }

    /// @param in buffered here
    WebSocketInput(InputStream in, Control control) {
        this.in = new DataInputStream(new BufferedInputStream(in));
        this.control = control;
    }

    /// When anything last came, on the clock of `System.nanoTime`. Any thread. At first when this was made.
    long heardNanos() {
        return heardNanos;
    }

    /// As [WebSocket#receive].
    /// @throws TooBig for a longer message
    Optional<byte[]> receive(int most) throws IOException {
        boolean came = next();
        byte[] message = new byte[0];
        int length = 0;
        while (came && more()) {
            if (remaining > most - length) {
                throw new TooBig(most);
            }
            if (length == message.length) {
                message = Arrays.copyOf(message, room(length, most));
            }
            length += read(message, length, message.length - length);
        }
        return !came || ended ? Optional.empty()
                : Optional.of(length == message.length ? message : Arrays.copyOf(message, length));
    }

    /// As much as the frame says at first, in a step; then as much again as has come, however short fragments are.
    private int room(int length, int most) {
        return (int) (length == 0 ? Math.min(remaining, STEP) : Math.min(most, Math.max(LEAST, 2L * length)));
    }

    /// As [WebSocket#next].
    boolean next() throws IOException {
        while (more()) {
            in.skipNBytes(remaining);
            remaining = 0;
        }
        return head();
    }

    /// As [WebSocket#read].
    int read(byte[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!more()) {
            return -1;
        }
        int n = in.read(into, from, (int) Math.min(length, remaining));
        if (n < 0) {
            throw new EOFException("the connection ended within a frame");
        }
        unmask(into, from, n);
        remaining -= n;
        heardNanos = System.nanoTime();
        return n;
    }

    /// Whether the present message has more bytes, in this frame or in a later one.
    private boolean more() throws IOException {
        while (remaining == 0 && !last) {
            head();
        }
        return remaining > 0;
    }

    /// Reads the head of the next frame that is part of a message.
    /// @return false when the other side has closed
    private boolean head() throws IOException {
        while (!ended) {
            int first = in.read();
            if (first < 0) {
                end();
                break;
            }
            int second = in.readUnsignedByte();
            boolean told = (first & CONTROL) != 0;
            if (told && ((first & FINAL) == 0 || (second & ~MASKED) > MAX_CONTROL)) {
                throw new IOException("a control frame in parts, or of more than " + MAX_CONTROL + " bytes");
            }
            remaining = length(second & ~MASKED);
            readMask((second & MASKED) != 0);
            heardNanos = System.nanoTime();
            if (!told) {
                last = (first & FINAL) != 0;
                return true;
            }
            tell(first & 0xf);
        }
        return false;
    }

    /// @param said the short length
    private long length(int said) throws IOException {
        long length = said == 126 ? in.readUnsignedShort() : said == 127 ? in.readLong() : said;
        if (length < 0) {
            throw new IOException("a frame with a length of 64 bits");
        }
        return length;
    }

    private void readMask(boolean any) throws IOException {
        Arrays.fill(mask, (byte) 0);
        if (any) {
            in.readFully(mask);
        }
        unmasked = 0;
    }

    private void unmask(byte[] bytes, int from, int length) {
        for (int i = 0; i < length; i++) {
            bytes[from + i] ^= mask[unmasked + i & 3];
        }
        unmasked += length;
    }

    private void tell(int kind) throws IOException {
        byte[] payload = new byte[(int) remaining];
        in.readFully(payload);
        unmask(payload, 0, payload.length);
        remaining = 0;
        if (kind == CLOSE) {
            end();
        }
        control.came(kind, payload);
    }

    private void end() {
        ended = true;
        last = true;
        remaining = 0;
    }

    /// Closes the stream below; any thread.
    void close() throws IOException {
        in.close();
    }
}
