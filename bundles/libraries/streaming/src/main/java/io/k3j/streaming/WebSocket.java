package io.k3j.streaming;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One side of a WebSocket connection (RFC 6455) after the handshake. One thread receives; any thread sends.
///
/// Messages are whole: fragments are put together on receiving, and sending makes none. A sender writes one frame at a
/// time, and blocks while the other side does not read. There are no timers here: who wants to know of silence asks
/// [#heardNanos].
///
/// **Failure.** `IOException` from whoever sends or receives; the socket is then of no use.
public final class WebSocket implements AutoCloseable {
    /// RFC 6455 §1.3.
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    /// Bytes, of a message and of each of its fragments; looked at before memory is taken.
    private static final int MAX_MESSAGE = 16 << 20;
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    /// Set in the kinds of frames that are no part of a message (RFC 6455 §5.5).
    private static final int CONTROL = 8;
    private static final int FINAL = 0x80;
    /// Bytes; a longer ping would be answered as long as it is.
    private static final int MAX_CONTROL = 125;
    private final DataInputStream in;
    private final OutputStream out;
    /// Where masks come from; null on the server's side, which must not mask (RFC 6455 §5.1).
    private final @Nullable RandomGenerator masks;
    /// Written by the receiving thread.
    private volatile long heardNanos = System.nanoTime();
    /// Who answers pings; null for the receiving thread, which may then have to wait for a sender.
    private volatile @Nullable Consumer<byte[]> pings;
    /// We have sent a close frame, after which nothing may be sent; guarded by this.
    private boolean closed;

    /// The server's side: takes over both directions of an upgraded connection.
    /// @param in buffered here
    /// @param out written to once per frame and flushed
    public WebSocket(InputStream in, OutputStream out) {
        this(in, out, null);
    }

    private WebSocket(InputStream in, OutputStream out, @Nullable RandomGenerator masks) {
        this.in = new DataInputStream(new BufferedInputStream(in));
        this.out = out;
        this.masks = masks;
    }

    /// The client's side, which masks what it sends.
    /// @param masks must not be guessed by whoever chooses what is sent (RFC 6455 §10.3)
    public static WebSocket ofClient(InputStream in, OutputStream out, RandomGenerator masks) {
        return new WebSocket(in, out, masks);
    }

    /// Has pings told instead of answered by the receiving thread.
    /// @param receiver told the payload, on the receiving thread; must not block
    void answerPings(Consumer<byte[]> receiver) {
        pings = receiver;
    }

    /// When the last frame came, on the clock of `System.nanoTime`. Any thread. At first when the socket was made.
    long heardNanos() {
        return heardNanos;
    }

    /// Sends a ping without a payload. The answer is not told, but [#heardNanos] changes.
    public void ping() throws IOException {
        frame(PING, new byte[0]);
    }

    /// Answers a ping.
    void pong(byte[] payload) throws IOException {
        frame(PONG, payload);
    }

    /// The answer to a client's `Sec-WebSocket-Key`. RFC 6455 §4.2.2. Pure.
    public static String accept(String key) {
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1")
                    .digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The first of our protocols that the client offers, too.
    /// @param offered the values of `Sec-WebSocket-Protocol`, each a list with commas
    /// @param ours the best first; the server chooses (RFC 6455 §4.2.2)
    public static Optional<String> protocol(Collection<String> offered, List<String> ours) {
        List<String> all = offered.stream().flatMap(o -> List.of(o.split(",")).stream()).map(String::strip).toList();
        return ours.stream().filter(all::contains).findFirst();
    }

    /// The next message, text or binary; empty when the client has closed. Answers pings meanwhile. Blocks until one
    /// has come whole. A connection that ends between two frames counts as closed by the client, too.
    /// @throws IOException when the connection breaks within a frame, or a message is too big
    public Optional<byte[]> receive() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        while (true) {
            int first;
            try {
                first = in.readUnsignedByte();
            } catch (EOFException e) {
                return Optional.empty();
            }
            int second = in.readUnsignedByte();
            if ((first & CONTROL) != 0 && ((first & FINAL) == 0 || (second & 0x7f) > MAX_CONTROL)) {
                throw new IOException("a control frame in parts, or of more than " + MAX_CONTROL + " bytes");
            }
            byte[] payload = payload(second);
            heardNanos = System.nanoTime();
            switch (first & 0xf) {
                case CLOSE -> {
                    end(payload);
                    return Optional.empty();
                }
                case PING -> answer(payload);
                case PONG -> {
                    // nobody waits for it
                }
                default -> {
                    if (message.size() + payload.length > MAX_MESSAGE) {
                        throw new IOException("message too big");
                    }
                    message.writeBytes(payload);
                    if ((first & FINAL) != 0) {
                        return Optional.of(message.toByteArray());
                    }
                }
            }
        }
    }

    /// Pings may come between the fragments of a message.
    private void answer(byte[] payload) throws IOException {
        Consumer<byte[]> receiver = pings;
        if (receiver == null) {
            frame(PONG, payload);
        } else {
            receiver.accept(payload);
        }
    }

    /// The rest of a frame, unmasked. Control frames pass here, too.
    /// @param second the byte with the mask's flag and the short length (RFC 6455 §5.2)
    private byte[] payload(int second) throws IOException {
        long length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        if (length < 0 || length > MAX_MESSAGE) {
            throw new IOException("message too big");
        }
        byte[] mask = new byte[4];
        if ((second & 0x80) != 0) {
            in.readFully(mask);
        }
        byte[] bytes = new byte[(int) length];
        in.readFully(bytes);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= mask[i & 3];
        }
        return bytes;
    }

    /// Sends one text message. Blocks while the other side does not read.
    /// @param utf8 its encoded text
    public void sendText(byte[] utf8) throws IOException {
        frame(TEXT, utf8);
    }

    /// Sends one binary message. Blocks while the other side does not read.
    /// @throws IOException when the connection is gone, or we have closed it
    public void send(byte[] message) throws IOException {
        frame(BINARY, message);
    }

    /// Sends a channel number and bytes as one binary message.
    /// @param channel 0 to 255
    public void send(int channel, byte[] bytes, int from, int length) throws IOException {
        byte[] message = new byte[length + 1];
        message[0] = (byte) channel;
        System.arraycopy(bytes, from, message, 1, length);
        frame(BINARY, message);
    }

    /// The lock is held while it is written: frames do not mix.
    private synchronized void frame(int kind, byte[] payload) throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        closed |= kind == CLOSE;
        ByteBuffer b = ByteBuffer.allocate(payload.length + 14);
        int masked = masks == null ? 0 : 0x80;
        b.put((byte) (0x80 | kind & 0xf | CONTINUATION));
        if (payload.length < 126) {
            b.put((byte) (masked | payload.length));
        } else if (payload.length < 65_536) {
            b.put((byte) (masked | 126)).putShort((short) payload.length);
        } else {
            b.put((byte) (masked | 127)).putLong(payload.length);
        }
        mask(b, payload);
        out.write(b.array(), 0, b.position());
        out.flush();
    }

    /// The four bytes of the mask and the payload under it; the payload as it is on the server's side.
    private void mask(ByteBuffer to, byte[] payload) {
        if (masks == null) {
            to.put(payload);
            return;
        }
        byte[] mask = new byte[4];
        masks.nextBytes(mask);
        to.put(mask);
        for (int i = 0; i < payload.length; i++) {
            to.put((byte) (payload[i] ^ mask[i & 3]));
        }
    }

    /// Says that nothing more comes, in order. Code 1000, RFC 6455 §7.4.1. Nothing may be sent afterwards; the other
    /// side may still.
    public void end() throws IOException {
        end(ByteBuffer.allocate(2).putShort((short) 1000).array());
    }

    /// Each side sends one. Answering a close frame repeats its code.
    private synchronized void end(byte[] payload) throws IOException {
        if (!closed) {
            frame(CLOSE, payload);
        }
    }

    /// Closes the connection. At once, without a close frame.
    @Override
    public void close() throws IOException {
        in.close();
        out.close();
    }
}
